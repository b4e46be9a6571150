package fn

import (
	"bufio"
	"fmt"
	"slices"
	"strings"
)

// trinoNames are the functions that the documentation of Trino lists by topic, which
// is what Athena's third engine offers, without those of machine learning.
var trinoNames = []struct{ family, names string }{
	{"Aggregate", `any_value approx_distinct approx_most_frequent approx_percentile approx_set arbitrary array_agg avg bitwise_and_agg
		bitwise_or_agg bool_and bool_or checksum corr count count_if covar_pop covar_samp every geometric_mean histogram kurtosis listagg
		map_agg map_union max max_by merge min min_by multimap_agg numeric_histogram qdigest_agg regr_intercept regr_slope reduce_agg
		skewness sum stddev stddev_pop stddev_samp tdigest_agg variance var_pop var_samp`},
	{"Array", `all_match any_match array_distinct array_except array_first array_histogram array_intersect array_join array_last array_max
		array_min array_position array_remove array_sort array_union arrays_overlap cardinality combinations concat contains
		contains_sequence element_at filter flatten ngrams none_match reduce repeat reverse sequence shuffle slice transform trim_array zip
		zip_with`},
	{"Binary", `concat crc32 from_base32 from_base64 from_base64url from_big_endian_32 from_big_endian_64 from_hex from_ieee754_32
		from_ieee754_64 hmac_md5 hmac_sha1 hmac_sha256 hmac_sha512 length lpad md5 murmur3 reverse rpad sha1 sha256 sha512
		spooky_hash_v2_32 spooky_hash_v2_64 substr to_base32 to_base64 to_base64url to_big_endian_32 to_big_endian_64 to_hex
		to_ieee754_32 to_ieee754_64 xxhash64`},
	{"Bitwise", `bit_count bitwise_and bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_right_shift_arithmetic
		bitwise_xor`},
	{"Color", `bar color render rgb`},
	{"Comparison and conditions", `greatest least is_distinct between case coalesce if nullif try`},
	{"Conversion", `cast format format_number try_cast typeof parse_data_size`},
	{"Date and time", `at_time_zone current_date current_time current_timestamp localtime localtimestamp current_timezone date date_add
		date_diff date_format date_parse date_trunc day day_of_month day_of_week day_of_year extract format_datetime from_iso8601_date
		from_iso8601_timestamp from_unixtime from_unixtime_nanos hour human_readable_seconds last_day_of_month millisecond minute month
		now parse_datetime parse_duration quarter second timezone timezone_hour timezone_minute to_iso8601 to_milliseconds to_unixtime
		week with_timezone year year_of_week`},
	{"Geospatial", `st_area st_asbinary st_astext st_boundary st_buffer st_centroid st_contains st_convexhull st_coorddim st_crosses
		st_difference st_dimension st_disjoint st_distance st_endpoint st_envelope st_envelopeaspts st_equals st_exteriorring
		st_geometries st_geometryfromtext st_geometryn st_geometrytype st_geomfrombinary st_geomfromkml st_interiorrings
		st_interiorringn st_intersects st_intersection st_isclosed st_isempty st_issimple st_isring st_isvalid st_length
		st_linefromtext st_linestring st_multipoint st_numgeometries st_numinteriorring st_numpoints st_overlaps st_point st_pointn
		st_points st_polygon st_relate st_startpoint st_symdifference st_touches st_union st_within st_x st_xmax st_xmin st_y st_ymax
		st_ymin bing_tile bing_tile_at bing_tile_coordinates bing_tile_polygon bing_tile_quadkey bing_tile_zoom_level bing_tiles_around
		geometry_to_bing_tiles convex_hull_agg great_circle_distance line_interpolate_point line_interpolate_points line_locate_point
		simplify_geometry geometry_union geometry_union_agg geometry_nearest_points to_geojson_geometry from_geojson_geometry
		to_encoded_polyline from_encoded_polyline to_spherical_geography to_geometry spatial_partitions`},
	{"HyperLogLog", `approx_set cardinality empty_approx_set merge`},
	{"JSON", `is_json_scalar json_array json_array_contains json_array_get json_array_length json_exists json_extract
		json_extract_scalar json_format json_parse json_object json_query json_size json_value`},
	{"Map", `cardinality element_at map map_concat map_entries map_filter map_from_entries map_keys map_values map_zip_with
		multimap_from_entries transform_keys transform_values`},
	{"Mathematics", `abs acos asin atan atan2 beta_cdf cbrt ceil ceiling cos cosh cosine_similarity degrees e exp floor from_base infinity
		inverse_beta_cdf inverse_normal_cdf is_finite is_infinite is_nan ln log log2 log10 mod nan normal_cdf pi pow power radians rand
		random round sign sin sinh sqrt tan tanh to_base truncate width_bucket wilson_interval_lower wilson_interval_upper`},
	{"Digests of quantiles", `value_at_quantile values_at_quantiles tdigest_agg qdigest_agg`},
	{"Regular expressions", `regexp_count regexp_extract regexp_extract_all regexp_like regexp_position regexp_replace regexp_split`},
	{"Row patterns", `classifier first last match_number next permute prev`},
	{"Session and system", `current_catalog current_groups current_schema current_user version`},
	{"Set digests", `make_set_digest merge_set_digest cardinality intersection_cardinality jaccard_index hash_counts`},
	{"Strings", `chr codepoint concat concat_ws ends_with format from_utf8 hamming_distance length levenshtein_distance lower lpad ltrim
		luhn_check normalize position replace reverse rpad rtrim soundex split split_part split_to_map split_to_multimap starts_with
		strpos substr substring to_utf8 translate trim upper word_stem`},
	{"Table functions", `exclude_columns sequence`},
	{"Teradata", `char2hexint index to_char to_timestamp to_date`},
	{"URL and UUID", `url_decode url_encode url_extract_fragment url_extract_host url_extract_parameter url_extract_path url_extract_port
		url_extract_protocol url_extract_query uuid`},
	{"Window", `cume_dist dense_rank first_value lag last_value lead nth_value ntile percent_rank rank row_number`},
}

// forms are names that the parser or the binder knows rather than the registry.
var forms = strings.Fields(`is_distinct between case coalesce if nullif try cast try_cast at_time_zone current_catalog exclude_columns
	classifier last match_number next permute prev`)

// has reports whether a name of Trino's can be called.
func (r *Registry) has(name string) bool {
	_, ok := r.Kind(name)
	return ok || slices.Contains(forms, name)
}

// writeTrino writes how many of Trino's functions there are, by topic, and which are
// not.
func (r *Registry) writeTrino(b *bufio.Writer) {
	there, all := map[string]bool{}, map[string]bool{}
	var rows strings.Builder
	for _, f := range trinoNames {
		var missing []string
		names := strings.Fields(f.names)
		for _, n := range names {
			all[n] = true
			if there[n] = r.has(n); !there[n] {
				missing = append(missing, "`"+n+"`")
			}
		}
		fmt.Fprintf(&rows, "| %s | %d of %d | %s |\n", f.family, len(names)-len(missing), len(names), strings.Join(missing, ", "))
	}
	n := 0
	for _, ok := range there {
		if ok {
			n++
		}
	}
	fmt.Fprintf(b, `## What there is of Trino's functions

%d of %d names, each counted once; functions of machine learning are left out. All names here, with those of PostgreSQL: %d.

| topic | there | not there |
|---|---|---|
%s
`, n, len(all), r.countNames(), rows.String())
}

// countNames counts what can be called by a name: operators are not.
func (r *Registry) countNames() int {
	names := map[string]bool{}
	for _, e := range r.list {
		for _, n := range e.Names {
			if n != "" && (n[0] >= 'a' && n[0] <= 'z') && !strings.ContainsRune(n, ' ') {
				names[n] = true
			}
		}
	}
	return len(names)
}
