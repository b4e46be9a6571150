-- title: reports of Amazon S3 Inventory, Parquet
-- source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
-- since: 2016-12-01
-- layout hive: ./dt=${dt}
CREATE EXTERNAL TABLE s3_inventory_parquet (
  bucket string,
  key string,
  version_id string,
  is_latest boolean,
  is_delete_marker boolean,
  size bigint COMMENT 'NULL for delete markers',
  last_modified_date timestamp COMMENT 'UTC',
  e_tag string,
  storage_class string,
  is_multipart_uploaded boolean,
  replication_status string,
  encryption_status string,
  object_lock_retain_until_date timestamp,
  object_lock_mode string,
  object_lock_legal_hold_status string,
  intelligent_tiering_access_tier string,
  bucket_key_status string,
  checksum_algorithm string,
  object_access_control_list string COMMENT 'JSON in Base64',
  object_owner string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe'
STORED AS
  INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
  OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
