-- title: server access logs of Amazon S3
-- source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
-- alias: s3_access_logs s3_server_access
-- since: 2006-03-14
-- layout daily: ${account}/${region}/${bucket}/${day}
CREATE EXTERNAL TABLE s3_access (
  bucket_owner string,
  bucket_name string,
  request_time string COMMENT 'as 06/Feb/2024:00:00:38 +0000',
  remote_ip string,
  requester string COMMENT '- for who was not known',
  request_id string,
  operation string COMMENT 'as REST.GET.OBJECT',
  key string COMMENT 'encoded as in URLs',
  request_uri string COMMENT 'NULL where there was no request',
  http_status int,
  error_code string,
  bytes_sent bigint COMMENT 'without headers; NULL for none',
  object_size bigint,
  total_time bigint COMMENT 'milliseconds',
  turn_around_time bigint COMMENT 'milliseconds until the first byte',
  referrer string,
  user_agent string,
  version_id string,
  host_id string,
  signature_version string,
  cipher_suite string,
  authentication_type string,
  host_header string,
  tls_version string,
  access_point_arn string,
  acl_required string COMMENT 'Yes, or -',
  source_region string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex' = '([^ ]*) ([^ ]*) \\[([^\\]]*)\\] ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) ([^ ]*) (?:-|"(.*?)") (?:-|([0-9]*)) ([^ ]*) (?:-|([0-9]*)) (?:-|([0-9]*)) (?:-|([0-9]*)) (?:-|([0-9]*)) (?:-|"(.*?)") (?:-|"(.*?)") ([^ "]*)(?: ([^ ]*))?(?: ([^ ]*))?(?: ([^ ]*))?(?: ([^ ]*))?(?: ([^ ]*))?(?: ([^ ]*))?(?: ([^ ]*))?(?: ([^ ]*))?(?: ([^ ]*))?(?: .*)?')
STORED AS TEXTFILE
