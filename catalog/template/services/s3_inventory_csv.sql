-- title: reports of Amazon S3 Inventory, CSV
-- source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
-- alias: s3_inventory
-- since: 2016-12-01
-- layout hive: ./dt=${dt}
-- fields:
-- ask: the fileSchema of the report's manifest.json
CREATE EXTERNAL TABLE s3_inventory_csv (
  bucket string,
  key string COMMENT 'encoded as in URLs',
  version_id string,
  is_latest boolean,
  is_delete_marker boolean,
  size bigint COMMENT 'NULL for delete markers',
  last_modified_date string COMMENT 'UTC',
  e_tag string,
  storage_class string,
  is_multipart_uploaded boolean,
  replication_status string,
  encryption_status string,
  object_lock_retain_until_date string,
  object_lock_mode string,
  object_lock_legal_hold_status string,
  intelligent_tiering_access_tier string,
  bucket_key_status string,
  checksum_algorithm string,
  object_access_control_list string COMMENT 'JSON in Base64',
  object_owner string
)
ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde'
WITH SERDEPROPERTIES ('separatorChar' = ',', 'quoteChar' = '"', 'escapeChar' = '"')
STORED AS
  INPUTFORMAT 'org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat'
  OUTPUTFORMAT 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat'
TBLPROPERTIES ('data_cleansing_enabled' = 'true', 'column_count_mismatch_handling' = 'FAIL')
