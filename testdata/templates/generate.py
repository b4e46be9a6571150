#!/usr/bin/env python3
"""Writes the samples of logs that the templates are tested with.

The records are made up; their fields, order and folders are those of the lists
that the services publish (the address is in each template). Run it in this
folder, with pyarrow: it writes the same bytes each time.
"""
import gzip
import json
import os
import shutil

import pyarrow as pa
import pyarrow.parquet as pq

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


ELB = f"AWSLogs/{ACCOUNT}/elasticloadbalancing/eu-west-1/2024/01/31/{ACCOUNT}_elasticloadbalancing_eu-west-1_"


def alb():
    put(ELB + "app.my-lb.50dc6c495c0c9188_20240131T2225Z_192.0.2.1_2ab3.log.gz", lines(
        # all of today's fields
        'h2 2024-01-31T22:23:00.186641Z app/my-lb/50dc6c495c0c9188 192.0.2.10:2817 10.0.0.66:9000 0.000 0.002 0.001 200 200 34 366 '
        '"GET https://www.example.com:443/?a=1 HTTP/2.0" "curl/8.5 (x; y)" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 '
        'arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/t/73e2d6bc24d8a067 "Root=1-58337327-72bd00b0343d75b906739c42" '
        '"www.example.com" "arn:aws:acm:eu-west-1:111122223333:certificate/1" 1 2024-01-31T22:22:48.364000Z "waf,forward" "-" "-" '
        '"10.0.0.66:9000" "200" "-" "-" TID_dc57cebed65b444ebc8177bb698fe166 "-" "-" "-"',
        # those of 2016
        'http 2016-08-10T22:08:42.945958Z app/my-lb/50dc6c495c0c9188 2001:db8::7:2817 10.0.0.1:80 0.000 0.001 0.000 404 404 34 366 '
        '"GET http://www.example.com:80/ HTTP/1.1" "-" - - arn:aws:x "Root=1-58337262-36d228ad5d99923122bbe354"',
        # no target, and no request
        'http 2024-01-31T23:00:00.000000Z app/my-lb/50dc6c495c0c9188 192.0.2.11:40000 - -1 -1 -1 400 - 0 272 "- http://www.example.com:80- -" '
        '"-" - - - "-" "-" "-" - 2024-01-31T23:00:00.000000Z "-" "-" "-" "-" "-" "Severe" "BadContentLength" TID_1'))


def nlb():
    put(ELB + "net.my-nlb.c6e77e28c25b2234_20240131T0900Z_5a6b.log.gz", lines(
        "tls 2.0 2024-01-31T08:51:42 net/my-nlb/c6e77e28c25b2234 g3d4b5e8bb8464cd 192.0.2.154:51341 10.0.0.185:443 5 2 98 246 - "
        "arn:aws:acm:eu-west-1:111122223333:certificate/2 - ECDHE-RSA-AES128-SHA tlsv12 - my-nlb.elb.eu-west-1.amazonaws.com h2 h2 "
        '"h2","http/1.1" 2024-01-31T08:51:20',
        "tls 1.0 2024-01-31T08:52:00 net/my-nlb/c6e77e28c25b2234 g3d4b5e8bb8464cd 192.0.2.155:51342 10.0.0.185:443 7 - 0 0 22 - - - - - -"))


def clb():
    put(ELB.replace(ACCOUNT, OTHER) + "my-classic_20240131T2340Z_192.0.2.160_6pjr.log", lines(
        '2024-01-31T23:39:43.945958Z my-classic 192.0.2.131:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 29 '
        '"GET http://www.example.com:80/ HTTP/1.1" "curl/7.38.0" - -',
        '2024-01-31T23:39:44.000000Z my-classic 192.0.2.131:2818 - -1 -1 -1 503 0 0 0 "GET http://www.example.com:80/ HTTP/1.1" "a" - -',
        '2024-01-31T23:39:45.000000Z my-classic 192.0.2.132:2819 10.0.0.1:22 0.001 0.000028 0.000041 - - 82 305 "- - - " "-" - -'))


def s3_access():
    owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    put("s3_access/2024-01-31-00-38-11-0A1B2C3D4E5F6A7B", lines(
        f'{owner} data [31/Jan/2024:00:00:38 +0000] 192.0.2.3 {owner} 3E57427F3EXAMPLE REST.GET.VERSIONING - "GET /data?versioning HTTP/1.1" 200 - 113 - 7 - '
        '"-" "S3Console/0.4" - s9lzHYrFp76ZVxRcpX9= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader data.s3.eu-west-1.amazonaws.com TLSv1.3 - Yes eu-west-1',
        f'{owner} data [31/Jan/2024:00:01:57 +0000] 192.0.2.3 - DD6CC733AEXAMPLE REST.PUT.OBJECT s3-dg.pdf "PUT /data/s3-dg.pdf HTTP/1.1" 403 AccessDenied 243 4406583 41754 28 '
        '"http://example.com/a b" "agent "quoted" 1" - 10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0TgS37kYUBKQW3+bPdrg1234=',
        f'{owner} data [31/Jan/2024:00:02:00 +0000] - AmazonS3 EXAMPLE S3.EXPIRE.OBJECT old/x.csv - - - - 512 - - - - - h='))


CF = ("date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type "
      "x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version "
      "fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end").split()
CF_ROWS = (
    "2024-01-31 21:02:31 LAX1 392 192.0.2.100 GET d111111abcdef8.cloudfront.net /index.html 200 - Mozilla/5.0%20(Win) - - Hit SOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ== "
    "d111111abcdef8.cloudfront.net https 23 0.001 - TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 Hit HTTP/2.0 - - 11040 0.001 Hit text/html 78 - -".split(),
    "2024-01-31 21:02:32 FRA2-C1 1045619 192.0.2.101 GET d111111abcdef8.cloudfront.net /v.mp4 206 https://example.com/ curl/8 q=1&r=2 - Miss k6WGMNkEzR5BEM_SaF47gjtX9zBDO2m349OY2an0QPEaUum1ZOLrow== "
    "www.example.com http 500 1.25 192.0.2.1 - - Miss HTTP/1.1 - - 11041 0.5 Miss video/mp4 1045000 0 1044999".split())


def cloudfront():
    text = lines("#Version: 1.0", "#Fields: " + " ".join(CF), *("\t".join(r) for r in CF_ROWS))
    put("cloudfront/E1ABCDEFGHIJKL.2024-01-31-21.abcd1234.gz", text)
    base = f"AWSLogs/{ACCOUNT}/CloudFront/E1ABCDEFGHIJKL/2024/11/20/21/E1ABCDEFGHIJKL.2024-11-20-21.abcd"
    put(base + ".gz", text)
    rows = [dict(zip(CF, r), **{"timestamp(ms)": "1732136551000", "DistributionId": "E1ABCDEFGHIJKL"}) for r in CF_ROWS]
    put("cloudfront_json/E1.2024-11-20-21.abcd.gz", lines(*(json.dumps(r) for r in rows)))


def waf():
    def row(i, action, rule, **more):
        return {"timestamp": 1706740000000 + i, "formatVersion": 1, "webaclId": "arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/acl/1",
                "terminatingRuleId": rule, "terminatingRuleType": "REGULAR", "action": action,
                "terminatingRuleMatchDetails": [{"conditionType": "SQL_INJECTION", "sensitivityLevel": "HIGH", "location": "HEADER", "matchedData": ["10", "and", "1"]}],
                "httpSourceName": "ALB", "httpSourceId": "app/my-lb/50dc", "ruleGroupList": [], "rateBasedRuleList": [], "nonTerminatingMatchingRules": [],
                "requestHeadersInserted": None, "responseCodeSent": None,
                "httpRequest": {"clientIp": "192.0.2.7", "country": "DE", "headers": [{"name": "Host", "value": "example.com"}, {"name": "User-Agent", "value": "curl/8"}],
                                "uri": "/login", "args": "a=1", "httpVersion": "HTTP/1.1", "httpMethod": "POST", "requestId": "r" + str(i)},
                "labels": [{"name": "awswaf:managed:x"}], **more}
    put(f"AWSLogs/{ACCOUNT}/WAFLogs/eu-west-1/acl/2024/01/31/22/25/{ACCOUNT}_waflogs_eu-west-1_acl_20240131T2225Z_1.log.gz",
        lines(json.dumps(row(1, "BLOCK", "sqli")), json.dumps(row(2, "ALLOW", "Default_Action", ja3Fingerprint="abc", requestBodySize=12))))


def route53_resolver():
    def row(name, rcode, answers):
        return json.dumps({"srcaddr": "10.0.0.9", "vpc_id": "vpc-0abc", "answers": answers, "firewall_rule_group_id": "g", "firewall_rule_action": "ALERT",
                           "query_name": name, "firewall_domain_list_id": "d", "query_class": "IN", "srcids": {"instance": "i-0d15"}, "rcode": rcode,
                           "query_type": "A", "transport": "UDP", "version": "1.100000", "account_id": ACCOUNT, "srcport": "56067",
                           "query_timestamp": "2024-01-31T17:51:55Z", "region": "eu-west-1"})
    put(f"AWSLogs/{ACCOUNT}/vpcdnsquerylogs/vpc-0abc/2024/01/31/vpc-0abc_vpcdnsquerylogs_{ACCOUNT}_20240131T1755Z_1.log.gz",
        lines(row("example.com.", "NOERROR", [{"Rdata": "192.0.2.8", "Type": "A", "Class": "IN"}]), row("nowhere.example.", "NXDOMAIN", [])))


def web():
    combined = (r'192.0.2.20 - frank [10/Oct/2024:13:55:36 +0000] "GET /a.gif?x=1 HTTP/1.0" 200 2326 "http://www.example.com/s" "Mozilla/4.08 (\"q\")"',
                r'2001:db8::1 - - [10/Oct/2024:13:55:37 +0000] "\x16\x03\x01" 400 0 "-" "-"', '192.0.2.22 - - [10/Oct/2024:13:55:38 +0000] "POST /a HTTP/1.1" 304 - "-" "curl/8.0"')
    put("apache/access_log", lines(*combined, '192.0.2.23 - - [10/Oct/2024:13:55:39 +0000] "GET / HTTP/1.1" 200 5'))
    put("nginx/access.log", lines('192.0.2.20 - - [10/Oct/2024:13:55:36 +0000] "GET /a.gif HTTP/2.0" 200 2326 "-" "Mozilla/5.0"',
                                  '192.0.2.21 - bob [10/Oct/2024:13:55:37 +0000] "" 400 0 "-" "-"'))


def firehose():
    records = lambda *r: "".join(json.dumps(x) for x in r)  # side by side, without line breaks
    put("firehose/2024/01/31/22/clicks-1-2024-01-31-22-05-11-0a1b", records({"user_id": 17, "page": "/home", "ms": 12.5}, {"user_id": 18, "page": "/cart", "ms": 3}))
    put("firehose/2024/01/31/23/clicks-1-2024-01-31-23-01-00-0a1c", records({"user_id": 17, "page": "/pay", "ms": 7}))


def cur_csv():
    put("cur_csv/20240101-20240201/report-00001.csv.gz", lines(
        "identity/LineItemId,bill/PayerAccountId,lineItem/ProductCode,lineItem/UsageStartDate,lineItem/UsageAmount,lineItem/UnblendedCost,lineItem/LineItemDescription,product/sku,resourceTags/user:Team",
        'a1,111122223333,AmazonS3,2024-01-01T00:00:00Z,1.5,0.0345,"$0.023 per GB, first 50 TB",SKU1,red',
        'a2,111122223333,AmazonEC2,2024-01-01T01:00:00Z,1,0.0960000000,"$0.096 per ""m5.large"" hour",SKU2,'))
    put("cur_csv/20240101-20240201/report-Manifest.json", '{"compression": "GZIP"}')


def security():
    put(ELB.replace(f"{ACCOUNT}_", f"conn_log.{ACCOUNT}_") + "app.my-lb.50dc6c495c0c9188_20240131T2225Z_192.0.2.1_9z.log.gz", lines(
        '2024-01-31T22:23:00.186641Z 192.0.2.10 2817 443 TLSv1.3 TLS_AES_128_GCM_SHA256 0.004 "CN=amazondomains.com,O=endEntity,L=Seattle" '
        'NotBefore=2023-09-21T22:43:21Z;NotAfter=2026-06-17T22:43:21Z FEF257372D5C14D4 Success TID_3180a73013c8ca4bac2f731159d4b0fe',
        '2024-01-31T22:23:01.000000Z 192.0.2.11 2818 443 - - - "-" - - - TID_1'))
    put(f"AWSLogs/{ACCOUNT}/globalaccelerator/us-west-2/2024/01/31/1.log.gz", lines(
        "version aws_account_id accelerator_id client_ip client_port gip gip_port endpoint_ip endpoint_port protocol ip_address_type packets bytes "
        "start_time end_time action log_status agasourceip agasourceport endpointregion agaregion direction vpc_id",
        f"2.0 {ACCOUNT} a-1 192.0.2.9 51000 198.51.100.1 443 10.0.0.1 443 TCP IPv4 10 2000 1706659200 1706659210 ACCEPT OK 203.0.113.4 4000 eu-west-1 FRA INGRESS vpc-1"))
    put(f"AWSLogs/{ACCOUNT}/GuardDuty/eu-west-1/2024/01/31/f.jsonl.gz", lines(json.dumps({
        "schemaVersion": "2.0", "accountId": ACCOUNT, "region": "eu-west-1", "partition": "aws", "id": "f1", "arn": "arn:aws:guardduty:x", "type": "Recon:EC2/PortProbe",
        "resource": {"resourceType": "Instance", "instanceDetails": {"instanceId": "i-1"}}, "service": {"count": 3}, "severity": 2, "createdAt": "2024-01-31T10:00:00.000Z",
        "updatedAt": "2024-01-31T10:00:00.000Z", "title": "t", "description": "d"})))
    put(f"AWSLogs/{ACCOUNT}/network-firewall/alert/eu-west-1/fw/2024/01/31/22/x.log.gz", lines(json.dumps({
        "firewall_name": "fw", "availability_zone": "eu-west-1a", "event_timestamp": "1706740000", "event": {
            "timestamp": "2024-01-31T22:26:40.000000+0000", "flow_id": 1582438383425873, "event_type": "alert", "src_ip": "192.0.2.1", "src_port": 53334, "dest_ip": "10.0.0.2",
            "dest_port": 80, "proto": "TCP", "alert": {"action": "blocked", "signature_id": 5, "rev": 0, "signature": "test_tcp", "category": "", "severity": 1}}})))


def parquet(path, columns):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    pq.write_table(pa.table(columns), path, compression="snappy")


def flow_parquet():
    def columns(start):
        return {"version": pa.array([5, 5], pa.int32()), "account_id": [ACCOUNT] * 2, "interface_id": ["eni-1", "eni-2"], "srcaddr": ["10.0.0.1", "10.0.0.2"],
                "dstaddr": ["10.0.0.2", "10.0.0.1"], "srcport": pa.array([443, 50000], pa.int32()), "dstport": pa.array([50000, 443], pa.int32()),
                "protocol": pa.array([6, 6], pa.int32()), "packets": pa.array([1, 2], pa.int64()), "bytes": pa.array([100, 200], pa.int64()),
                "start": pa.array([start, start], pa.int64()), "end": pa.array([start + 60] * 2, pa.int64()), "action": ["ACCEPT", "REJECT"],
                "log_status": ["OK", "OK"], "vpc_id": ["vpc-1", "vpc-1"], "region": ["eu-west-1"] * 2, "flow_direction": ["ingress", "egress"]}
    parquet(f"parquet/AWSLogs/{ACCOUNT}/vpcflowlogs/eu-west-1/2024/01/31/{ACCOUNT}_vpcflowlogs_eu-west-1_fl-1_20240131T0000Z_1.log.parquet", columns(1706659200))
    parquet(f"hive/AWSLogs/aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2024/month=01/day=31/1.log.parquet", columns(1706659200))


def cloudfront_parquet():
    names = [c.lower().replace("-", "_").replace("(", "_").rstrip(")") for c in CF]
    parquet(f"hive/AWSLogs/aws-account-id={ACCOUNT}/CloudFront/DistributionId=E1ABCDEFGHIJKL/year=2024/month=11/day=20/hour=21/1.parquet",
            {n: [r[i] for r in CF_ROWS] for i, n in enumerate(names)})


def cur_parquet():
    def day(s):
        return pa.array([s], pa.timestamp("ms"))
    for month, cost in (("1", 0.0345), ("12", 2.5)):
        start = 1704067200000 if month == "1" else 1733011200000
        parquet(f"cur/report/report/year=2024/month={month}/report-00001.snappy.parquet", {
            "identity_line_item_id": ["a" + month], "bill_payer_account_id": [ACCOUNT], "line_item_product_code": ["AmazonS3"],
            "line_item_usage_start_date": day(start), "line_item_usage_end_date": day(start + 3600000), "line_item_usage_amount": [1.5],
            "line_item_unblended_cost": [cost], "product_region": ["eu-west-1"], "pricing_term": ["OnDemand"], "resource_tags_user_team": ["red"]})
    text = pa.map_(pa.string(), pa.string())
    parquet("cur2/export/data/BILLING_PERIOD=2024-01/export-00001.snappy.parquet", {
        "identity_line_item_id": ["b1"], "bill_bill_type": ["Anniversary"], "line_item_usage_type": ["EU-TimedStorage-ByteHrs"],
        "line_item_usage_start_date": day(1704067200000), "line_item_unblended_cost": [0.0345],
        "product": pa.array([[("region", "eu-west-1"), ("product_name", "Amazon S3")]], text), "resource_tags": pa.array([[("user_team", "red")]], text),
        "discount": pa.array([[("edp", 0.1)]], pa.map_(pa.string(), pa.float64())), "product_servicecode": ["AmazonS3"]})


def main():
    for name in os.listdir("."):
        if os.path.isdir(name):
            shutil.rmtree(name)
    for make in (cloudtrail, vpc_flow, alb, nlb, clb, s3_access, cloudfront, waf, route53_resolver, web, firehose, cur_csv, security, flow_parquet, cloudfront_parquet, cur_parquet):
        make()


main()
