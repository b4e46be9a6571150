-- title: reports of Amazon S3 Inventory, ORC
-- source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
-- since: 2016-12-01
-- layout hive: ./dt=${dt}
-- columns: s3_inventory_parquet
CREATE EXTERNAL TABLE s3_inventory_orc (...)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.orc.OrcSerde'
STORED AS
  INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
  OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
