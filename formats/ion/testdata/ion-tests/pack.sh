#!/bin/sh
# Packs the files of a clone of amazon-ion/ion-tests as iontestdata.tar.gz: one archive, as they are 788 of a few bytes.
#   pack.sh <clone>
set -e
git -C "$1" archive --format=tar HEAD LICENSE NOTICE iontestdata | gzip -9n >iontestdata.tar.gz
git -C "$1" show HEAD:LICENSE >LICENSE
git -C "$1" show HEAD:NOTICE >NOTICE
