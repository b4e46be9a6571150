-- title: access logs of the Apache HTTP server, common and combined
-- source: https://httpd.apache.org/docs/2.4/logs.html#accesslog
-- alias: apache_access apache_logs
CREATE EXTERNAL TABLE apache (
  remote_host string COMMENT 'address or name of the client',
  ident string COMMENT 'by identd; NULL for -',
  remote_user string COMMENT 'who logged in; NULL for -',
  time string COMMENT 'as 10/Oct/2024:13:55:36 +0000',
  request string COMMENT 'the first line, as it was sent',
  method string COMMENT 'NULL where the request is no HTTP',
  path string,
  protocol string COMMENT 'as HTTP/1.1',
  status int,
  bytes bigint COMMENT 'of the body; NULL for none',
  referrer string,
  user_agent string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.RegexSerDe'
WITH SERDEPROPERTIES ('input.regex' = '([^ ]*) (?:-|([^ ]*)) (?:-|([^ ]*)) \\[([^\\]]*)\\] "((?:([A-Z]+) ([^ "]*)(?: (HTTP/[.0-9]+))?|(?:[^"\\\\]|\\\\.)*))" (?:-|([0-9]*)) (?:-|([0-9]*))(?: "((?:[^"\\\\]|\\\\.)*)" "((?:[^"\\\\]|\\\\.)*)")?(?: .*)?')
STORED AS TEXTFILE
