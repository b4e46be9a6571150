-- title: standard logs of Amazon CloudFront, text (version 1, and w3c of version 2)
-- source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
-- alias: cloudfront_logs cloudfront_standard
-- since: 2024-11-01
-- layout hourly: AWSLogs/${account}/CloudFront/${distribution_id}/${datehour}
-- layout daily: AWSLogs/${account}/CloudFront/${distribution_id}/${day}
-- fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len sc-range-start sc-range-end
CREATE EXTERNAL TABLE cloudfront (
  `date` date COMMENT 'UTC',
  time string COMMENT 'UTC, when the answer was given',
  x_edge_location string COMMENT 'the place that answered: FRA2-C1',
  sc_bytes bigint COMMENT 'sent to the viewer, with headers',
  c_ip string,
  cs_method string,
  cs_host string COMMENT 'domain of the distribution',
  cs_uri_stem string,
  sc_status int COMMENT '0: the viewer closed the connection before',
  cs_referer string,
  cs_user_agent string,
  cs_uri_query string,
  cs_cookie string,
  x_edge_result_type string COMMENT 'Hit, RefreshHit, Miss, LimitExceeded, CapacityExceeded, Error, Redirect',
  x_edge_request_id string,
  x_host_header string,
  cs_protocol string,
  cs_bytes bigint COMMENT 'received from the viewer, with headers',
  time_taken double COMMENT 'seconds',
  x_forwarded_for string,
  ssl_protocol string,
  ssl_cipher string,
  x_edge_response_result_type string,
  cs_protocol_version string,
  fle_status string,
  fle_encrypted_fields string,
  c_port int,
  time_to_first_byte double COMMENT 'seconds',
  x_edge_detailed_result_type string,
  sc_content_type string,
  sc_content_len bigint,
  sc_range_start bigint,
  sc_range_end bigint
)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\t' NULL DEFINED AS '-'
STORED AS TEXTFILE
TBLPROPERTIES ('skip.header.line.count' = '2', 'data_cleansing_enabled' = 'true', 'column_count_mismatch_handling' = 'FAIL')
