-- title: access logs of Classic Load Balancers
-- source: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html
-- alias: clb_logs elb elb_logs
-- since: 2014-03-01
-- layout daily: AWSLogs/${account}/elasticloadbalancing/${region}/${day}
-- exclude: **/*_elasticloadbalancing_*_app.* **/*_elasticloadbalancing_*_net.* **/ELBAccessLogTestFile
CREATE EXTERNAL TABLE clb (
  time string COMMENT 'when the client was answered, as 2024-01-31T22:23:00.186641Z',
  elb string,
  client_ip string,
  client_port int,
  backend_ip string COMMENT 'NULL where no instance was asked',
  backend_port int,
  request_processing_time double COMMENT 'seconds; -1 where no instance was asked',
  backend_processing_time double COMMENT 'seconds; -1',
  response_processing_time double COMMENT 'seconds; -1',
  elb_status_code int COMMENT 'NULL for TCP',
  backend_status_code int COMMENT 'NULL for TCP',
  received_bytes bigint,
  sent_bytes bigint,
  request_verb string COMMENT '- for TCP',
  request_url string,
  request_proto string,
  user_agent string,
  ssl_cipher string,
  ssl_protocol string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex' = '([0-9-]+T[^ ]+) ([^ ]*) (?:-|([^ ]*?)(?::(?:-|([0-9]+)))?) (?:-|([^ ]*?)(?::(?:-|([0-9]+)))?) ([-.0-9]*) ([-.0-9]*) ([-.0-9]*) (?:-|([0-9]*)) (?:-|([0-9]*)) ([0-9]*) ([0-9]*) "([^ "]*) ([^"]*?) ([^ "]*) ?"(?: "([^"]*)" ([^ ]*) ([^ ]*))?(?: .*)?')
STORED AS TEXTFILE
