#!/bin/sh
# Packs test_parsing of a clone of nst/JSONTestSuite as one archive.   pack.sh <clone>
set -e
git -C "$1" archive --format=tar HEAD LICENSE test_parsing | gzip -9n >test_parsing.tar.gz
git -C "$1" show HEAD:LICENSE >LICENSE
