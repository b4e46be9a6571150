-- title: JSON that Amazon Data Firehose delivers
-- source: https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
-- alias: firehose
-- since: 2015-10-01
-- layout hourly: ./${datehour}
-- layout daily: ./${day}
CREATE EXTERNAL TABLE firehose_json
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
STORED AS TEXTFILE
