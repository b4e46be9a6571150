-- title: access logs of Application Load Balancers
-- source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
-- alias: alb_logs alb_access
-- since: 2016-08-01
-- layout daily: AWSLogs/${account}/elasticloadbalancing/${region}/${day}
-- exclude: **/*_elasticloadbalancing_*_net.* **/conn_log.* **/health_check_log.* **/ELBAccessLogTestFile
CREATE EXTERNAL TABLE alb (
  type string COMMENT 'http, https, h2, grpcs, ws or wss',
  time string COMMENT 'when the answer was given, as 2024-01-31T22:23:00.186641Z',
  elb string,
  client_ip string,
  client_port int,
  target_ip string COMMENT 'NULL where no target was asked',
  target_port int,
  request_processing_time double COMMENT 'seconds until the target was asked; -1 if it was not',
  target_processing_time double COMMENT 'seconds that the target took; -1 if it did not answer',
  response_processing_time double COMMENT 'seconds until the client was answered; -1',
  elb_status_code int,
  target_status_code int COMMENT 'NULL where no target answered',
  received_bytes bigint,
  sent_bytes bigint,
  request_verb string,
  request_url string,
  request_proto string,
  user_agent string,
  ssl_cipher string COMMENT '- without TLS',
  ssl_protocol string COMMENT '- without TLS',
  target_group_arn string,
  trace_id string,
  domain_name string COMMENT 'server name of TLS, else -',
  chosen_cert_arn string,
  matched_rule_priority string COMMENT '0 is the default, -1 an error',
  request_creation_time string,
  actions_executed string COMMENT 'forward, redirect, fixed-response, waf ...',
  redirect_url string,
  error_reason string,
  target_port_list string COMMENT 'addresses, with spaces between them',
  target_status_code_list string,
  classification string COMMENT 'of desync mitigation',
  classification_reason string,
  conn_trace_id string,
  transformed_host string,
  transformed_uri string,
  request_transform_status string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex' = '([a-z0-9]+) ([0-9-]+T[^ ]+) ([^ ]*) (?:-|([^ ]*?)(?::(?:-|([0-9]+)))?) (?:-|([^ ]*?)(?::(?:-|([0-9]+)))?) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (?:-|([0-9]*)) (?:-|([0-9]*)) ([0-9]*) ([0-9]*) "([^ "]*) ([^"]*?) ([^ "]*) ?" "([^"]*)" ([^ ]*) ([^ ]*) ([^ ]*) "([^"]*)"(?: "([^"]*)" "([^"]*)" ([^ ]*) ([^ ]*) "([^"]*)" "([^"]*)" "([^"]*)")?(?: "([^"]*)" "([^"]*)")?(?: "([^"]*)" "([^"]*)")?(?: ([^ "]+))?(?: "([^"]*)" "([^"]*)" "([^"]*)")?(?: .*)?')
STORED AS TEXTFILE
