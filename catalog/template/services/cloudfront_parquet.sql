-- title: standard logs of Amazon CloudFront, version 2 in Parquet
-- source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
-- since: 2024-11-01
-- layout hourly: AWSLogs/${account}/CloudFront/${distribution_id}/${datehour}
-- layout daily: AWSLogs/${account}/CloudFront/${distribution_id}/${day}
-- layout hive: AWSLogs/aws-account-id=${aws-account-id}/CloudFront/DistributionId=${distributionid}/year=${year}/month=${month}/day=${day}/hour=${hour}
CREATE EXTERNAL TABLE cloudfront_parquet (
  `date` string COMMENT 'UTC',
  time string COMMENT 'UTC, when the answer was given',
  x_edge_location string COMMENT 'the place that answered: FRA2-C1',
  sc_bytes string COMMENT 'sent to the viewer, with headers',
  c_ip string,
  cs_method string,
  cs_host string COMMENT 'domain of the distribution',
  cs_uri_stem string,
  sc_status string COMMENT '0: the viewer closed the connection before',
  cs_referer string,
  cs_user_agent string,
  cs_uri_query string,
  cs_cookie string,
  x_edge_result_type string COMMENT 'Hit, RefreshHit, Miss, LimitExceeded, CapacityExceeded, Error, Redirect',
  x_edge_request_id string,
  x_host_header string,
  cs_protocol string,
  cs_bytes string COMMENT 'received from the viewer, with headers',
  time_taken string COMMENT 'seconds',
  x_forwarded_for string,
  ssl_protocol string,
  ssl_cipher string,
  x_edge_response_result_type string,
  cs_protocol_version string,
  fle_status string,
  fle_encrypted_fields string,
  c_port string,
  time_to_first_byte string COMMENT 'seconds',
  x_edge_detailed_result_type string,
  sc_content_type string,
  sc_content_len string,
  sc_range_start string,
  sc_range_end string
)
STORED AS PARQUET
