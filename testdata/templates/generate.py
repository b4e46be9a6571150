#!/usr/bin/env python3
"""Writes the samples of logs that the templates are tested with.

The records are made up; their fields, order and folders are those of the lists
that the services publish (the address is in each template). Run it in this
folder: it writes the same bytes each time.
"""
import gzip
import json
import os
import shutil

ACCOUNT, OTHER = "111122223333", "444455556666"


def put(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if isinstance(data, str):
        data = data.encode()
    if path.endswith(".gz"):
        data = gzip.compress(data, mtime=0)
    with open(path, "wb") as f:
        f.write(data)


def lines(*rows):
    return "".join(r + "\n" for r in rows)


def cloudtrail():
    def event(account, region, name, time, user, **more):
        return {
            "eventVersion": "1.10",
            "userIdentity": {
                "type": "AssumedRole", "principalId": "AROAEXAMPLE:" + user, "arn": f"arn:aws:sts::{account}:assumed-role/ops/{user}",
                "accountId": account, "accessKeyId": "ASIAEXAMPLE",
                "sessionContext": {
                    "sessionIssuer": {"type": "Role", "principalId": "AROAEXAMPLE", "arn": f"arn:aws:iam::{account}:role/ops",
                                      "accountId": account, "userName": "ops"},
                    "attributes": {"creationDate": "2024-01-31T08:00:00Z", "mfaAuthenticated": "false"}}},
            "eventTime": time, "eventSource": "s3.amazonaws.com", "eventName": name, "awsRegion": region,
            "sourceIPAddress": "192.0.2.10", "userAgent": "aws-cli/2.15.0",
            "requestParameters": {"bucketName": "data", "key": "a/b.csv"}, "responseElements": None,
            "requestID": "EXAMPLE1", "eventID": f"00000000-0000-0000-0000-{len(name):012d}", "readOnly": name.startswith("Get"),
            "resources": [{"ARN": "arn:aws:s3:::data", "accountId": account, "type": "AWS::S3::Bucket"}],
            "eventType": "AwsApiCall", "managementEvent": False, "recipientAccountId": account, "eventCategory": "Data",
            "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": "s3.amazonaws.com"},
            **more}

    def file(account, region, day, serial, *events):
        y, m, d = day.split("-")
        put(f"AWSLogs/{account}/CloudTrail/{region}/{y}/{m}/{d}/{account}_CloudTrail_{region}_{y}{m}{d}T0000Z_{serial}.json.gz",
            json.dumps({"Records": list(events)}, separators=(",", ":")))

    file(ACCOUNT, "eu-west-1", "2024-01-31", "aB3",
         event(ACCOUNT, "eu-west-1", "GetObject", "2024-01-31T10:00:01Z", "ann"),
         event(ACCOUNT, "eu-west-1", "PutObject", "2024-01-31T10:00:02Z", "bob", errorCode="AccessDenied", errorMessage="Access Denied"))
    file(ACCOUNT, "eu-west-1", "2024-02-01", "cD4", event(ACCOUNT, "eu-west-1", "GetObject", "2024-02-01T00:00:01Z", "ann"))
    file(ACCOUNT, "us-east-1", "2024-01-31", "eF5", event(ACCOUNT, "us-east-1", "GetBucketAcl", "2024-01-31T23:59:59Z", "cy"))
    file(OTHER, "us-east-1", "2024-01-31", "gH6", event(OTHER, "us-east-1", "DeleteObject", "2024-01-31T12:00:00Z", "dee"))
    # Digests are no events: they lie in a folder of their own beside them.
    put(f"AWSLogs/{ACCOUNT}/CloudTrail-Digest/eu-west-1/2024/01/31/digest.json.gz", json.dumps({"awsAccountId": ACCOUNT, "logFiles": []}))


def vpc_flow():
    head = "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
    base = f"AWSLogs/{ACCOUNT}/vpcflowlogs"

    def file(region, day, hour, *rows, header=head):
        put(f"{base}/{region}/{day}/{hour}{ACCOUNT}_vpcflowlogs_{region}_fl-0abc_{day.replace('/', '')}T0000Z_1.log.gz", lines(header, *rows))

    file("eu-west-1", "2024/01/31", "",
         f"2 {ACCOUNT} eni-0a1b 10.0.0.1 10.0.0.2 443 51234 6 10 840 1706659200 1706659260 ACCEPT OK",
         f"2 {ACCOUNT} eni-0a1b 10.0.0.2 10.0.0.1 51234 443 6 12 1840 1706659200 1706659260 ACCEPT OK",
         f"2 {ACCOUNT} eni-0a1c 10.0.0.3 10.0.0.1 22 443 6 1 40 1706659200 1706659260 REJECT OK",
         f"2 {ACCOUNT} eni-0a1d - - - - - - - 1706659200 1706659260 - NODATA")
    file("us-east-1", "2024/02/01", "", f"2 {ACCOUNT} eni-0b1b 2001:db8::1 2001:db8::2 53 40000 17 1 90 1706745600 1706745660 ACCEPT OK")
    # A format that its owner chose, in another bucket.
    put("vpc_custom/flow.log", lines("vpc-id srcaddr pkt-srcaddr tcp-flags bytes flow-direction future-field",
                                     "vpc-1 10.0.0.1 192.0.2.7 19 500 ingress x", "vpc-1 10.0.0.2 - 2 70 egress y"))


def main():
    for name in os.listdir("."):
        if os.path.isdir(name):
            shutil.rmtree(name)
    for make in (cloudtrail, vpc_flow):
        make()


main()
