import java.io.StringReader;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.sql.*;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.postgresql.PGConnection;

/** Uses pgjdbc as programs and tools do; prints lines "ok CHECK", "fail CHECK reason". */
public class Client {
    interface Check { String run() throws Exception; }

    static final String SLOW = "select count(*) from lineitem a, lineitem b, lineitem c "
        + "where a.l_comment < b.l_comment and b.l_comment < c.l_comment";
    static boolean failed;
    static Connection conn;

    static String env(String name, String otherwise) {
        String v = System.getenv(name);
        return v == null || v.isEmpty() ? otherwise : v;
    }

    static Connection open(String... extra) throws SQLException {
        Properties p = new Properties();
        p.setProperty("user", env("PGUSER", ""));
        p.setProperty("password", env("PGPASSWORD", "none"));
        p.setProperty("sslmode", env("PGSSLMODE", "prefer"));
        p.setProperty("ApplicationName", "jdbc client");
        for (int i = 0; i + 1 < extra.length; i += 2) p.setProperty(extra[i], extra[i + 1]);
        return DriverManager.getConnection("jdbc:postgresql://" + env("PGHOST", "") + ":" + env("PGPORT", "") + "/" + env("PGDATABASE", ""), p);
    }

    static void same(Object got, Object want) {
        if (got == null ? want != null : !got.equals(want)) throw new AssertionError("got " + got + ", want " + want);
    }

    static void check(String name, Check c) {
        try {
            String detail = c.run();
            System.out.println("ok " + name + " " + (detail == null ? "" : detail));
        } catch (Throwable e) {
            failed = true;
            System.out.println("fail " + name + " " + String.valueOf(e).replaceAll("\\s+", " "));
            if (System.getenv("CLIENTS_TRACE") != null) e.printStackTrace();
        }
    }

    static String connect() throws SQLException {
        DatabaseMetaData m = conn.getMetaData();
        same(m.getDatabaseMajorVersion(), 15);
        same(conn.getSchema(), "demo");
        conn.setSchema("demo");
        if (!conn.isValid(5)) throw new AssertionError("not valid");
        return m.getDriverVersion();
    }

    static String password() throws SQLException {
        try (Connection c = open("password", "wrong")) {
            throw new AssertionError("a wrong password was taken");
        } catch (SQLException e) {
            same(e.getSQLState(), "28P01");
        }
        return null;
    }

    /** Calls every method of DatabaseMetaData, reads what it gives to the end. */
    static String metadata() throws Exception {
        DatabaseMetaData m = conn.getMetaData();
        int called = 0;
        List<String> bad = new ArrayList<>();
        for (Method f : DatabaseMetaData.class.getMethods()) {
            if (f.getDeclaringClass() != DatabaseMetaData.class) continue;
            try {
                Object out = f.invoke(m, arguments(f));
                called++;
                if (out instanceof ResultSet) {
                    try (ResultSet rs = (ResultSet) out) {
                        int n = rs.getMetaData().getColumnCount();
                        while (rs.next()) for (int i = 1; i <= n; i++) rs.getObject(i);
                    }
                }
            } catch (InvocationTargetException e) {
                Throwable t = e.getCause();
                if (t instanceof SQLFeatureNotSupportedException && !(t instanceof org.postgresql.util.PSQLException
                        && ((org.postgresql.util.PSQLException) t).getServerErrorMessage() != null)) continue; // of the driver itself
                bad.add(f.getName() + ": " + t.getMessage());
            }
        }
        if (!bad.isEmpty()) throw new AssertionError(bad.size() + " methods: " + bad);
        return called + " methods";
    }

    static Object[] arguments(Method f) {
        Class<?>[] types = f.getParameterTypes();
        Object[] args = new Object[types.length];
        for (int i = 0; i < types.length; i++) {
            if (types[i] == int.class) args[i] = f.getName().equals("getBestRowIdentifier") ? DatabaseMetaData.bestRowSession : 1;
            else if (types[i] == boolean.class) args[i] = true;
        }
        if (args.length >= 3 && types[0] == String.class && types[2] == String.class) {
            switch (f.getName()) {
                case "getColumns": case "getColumnPrivileges": case "getPrimaryKeys": case "getImportedKeys": case "getExportedKeys":
                case "getBestRowIdentifier": case "getVersionColumns": case "getIndexInfo": case "getTablePrivileges": case "getCrossReference":
                    args[1] = "demo"; args[2] = "orders";
                    if (f.getName().equals("getColumnPrivileges")) args[3] = "%";
                    if (f.getName().equals("getCrossReference")) { args[4] = "demo"; args[5] = "nation"; }
                    break;
                default:
            }
        }
        return args;
    }

    static Set<String> column(ResultSet rs, String name) throws SQLException {
        Set<String> out = new TreeSet<>();
        while (rs.next()) out.add(rs.getString(name));
        rs.close();
        return out;
    }

    static String catalog() throws SQLException {
        DatabaseMetaData m = conn.getMetaData();
        if (!column(m.getSchemas(), "TABLE_SCHEM").contains("demo")) throw new AssertionError("no schema demo");
        Set<String> tables = column(m.getTables(null, "demo", "%", new String[] {"TABLE"}), "TABLE_NAME");
        if (!tables.contains("orders")) throw new AssertionError("no orders in " + tables);
        same(column(m.getTables(null, "demo", "all%", new String[] {"VIEW"}), "TABLE_NAME").toString(), "[alltypes]");
        try (ResultSet rs = m.getColumns(null, "demo", "orders", "o_totalprice")) {
            rs.next();
            same(rs.getInt("DATA_TYPE"), Types.NUMERIC);
            same(rs.getInt("COLUMN_SIZE"), 15);
            same(rs.getInt("DECIMAL_DIGITS"), 2);
        }
        return tables.size() + " tables";
    }

    static String types() throws SQLException {
        for (String binary : new String[] {"false", "true"}) {
            try (Connection c = open("binaryTransfer", binary, "prepareThreshold", binary.equals("true") ? "-1" : "5");
                 PreparedStatement ps = c.prepareStatement("select * from alltypes order by id")) {
                for (int round = 0; round < 7; round++) {
                    try (ResultSet r = ps.executeQuery()) {
                        r.next();
                        row(r);
                        r.next();
                        for (int i = 1; i <= 20; i++) same(r.getObject(i), null);
                    }
                }
            }
        }
        return null;
    }

    static void row(ResultSet r) throws SQLException {
        same(r.getBoolean("c_bool"), true);
        same(r.getShort("c_int2"), (short) 12);
        same(r.getObject("c_int4"), -123456);
        same(r.getObject("c_int8"), 9007199254740993L);
        same(r.getObject("c_float4"), 1.5f);
        same(r.getObject("c_float8"), 0.1);
        same(r.getBigDecimal("c_numeric"), new BigDecimal("12345.6700"));
        same(r.getString("c_text"), "na\u00efve");
        same(r.getString("c_char"), "ab   ");
        same(Arrays.toString(r.getBytes("c_bytea")), "[0, -1, 16]");
        same(r.getObject("c_date", LocalDate.class), LocalDate.of(2024, 2, 29));
        same(r.getObject("c_time", LocalTime.class), LocalTime.of(13, 14, 15, 500_000_000));
        same(r.getObject("c_timestamp", LocalDateTime.class), LocalDateTime.of(2024, 2, 29, 13, 14, 15, 123_456_000));
        same(r.getObject("c_timestamptz", OffsetDateTime.class).toInstant(), OffsetDateTime.parse("2024-02-29T13:14:15.123456Z").toInstant());
        same(r.getString("c_interval"), "1 day");
        same(r.getObject("c_uuid"), UUID.fromString("123e4567-e89b-12d3-a456-426614174000"));
        same(r.getString("c_json"), "{\"a\": [1, 2]}");
        same(Arrays.toString((Object[]) r.getArray("c_ints").getArray()), "[1, 2, null]");
        same(Arrays.toString((Object[]) r.getArray("c_texts").getArray()), "[a, b,c, d\"e]");
        same(r.getString("c_map").replace(" ", ""), "{\"k\":1}");
    }

    static void one(String column, Object value) throws SQLException {
        try (PreparedStatement ps = conn.prepareStatement("select count(*) from alltypes where " + column + " = ?")) {
            for (int i = 0; i < 7; i++) { // the later ones with a named statement
                ps.setObject(1, value);
                try (ResultSet rs = ps.executeQuery()) {
                    rs.next();
                    if (rs.getLong(1) != 1) throw new AssertionError(column + " = " + value);
                }
            }
        }
    }

    static String parameters() throws SQLException {
        one("c_bool", true);
        one("c_int2", (short) 12);
        one("c_int4", -123456);
        one("c_int8", 9007199254740993L);
        one("c_float4", 1.5f);
        one("c_float8", 0.1);
        one("c_numeric", new BigDecimal("12345.67"));
        one("c_text", "na\u00efve");
        one("c_bytea", new byte[] {0, -1, 16});
        one("c_date", LocalDate.of(2024, 2, 29));
        one("c_date", Date.valueOf("2024-02-29"));
        one("c_time", LocalTime.of(13, 14, 15, 500_000_000));
        one("c_timestamp", LocalDateTime.of(2024, 2, 29, 13, 14, 15, 123_456_000));
        one("c_timestamp", Timestamp.valueOf("2024-02-29 13:14:15.123456"));
        one("c_timestamptz", OffsetDateTime.parse("2024-02-29T13:14:15.123456Z"));
        one("c_uuid", UUID.fromString("123e4567-e89b-12d3-a456-426614174000"));
        try (PreparedStatement ps = conn.prepareStatement("select count(*) from alltypes where id = any(?)")) {
            ps.setArray(1, conn.createArrayOf("int4", new Object[] {1, 2, 3}));
            ResultSet rs = ps.executeQuery();
            rs.next();
            same(rs.getLong(1), 2L);
        }
        try (PreparedStatement ps = conn.prepareStatement("select o_orderkey, o_totalprice from orders where o_orderdate >= ? and o_totalprice > ? limit ?")) {
            ParameterMetaData pm = ps.getParameterMetaData();
            same(pm.getParameterTypeName(1) + " " + pm.getParameterTypeName(2) + " " + pm.getParameterTypeName(3), "date numeric int8");
            ResultSetMetaData rm = ps.getMetaData();
            same(rm.getPrecision(2) + "," + rm.getScale(2), "15,2");
            same(rm.getColumnName(1), "o_orderkey");
        }
        return null;
    }

    static String fetch() throws SQLException {
        int n = 0;
        conn.setAutoCommit(false);
        try (PreparedStatement ps = conn.prepareStatement("select l_orderkey from lineitem")) {
            ps.setFetchSize(500);
            try (ResultSet rs = ps.executeQuery()) {
                while (rs.next()) n++;
            }
            ps.setMaxRows(10);
            try (ResultSet rs = ps.executeQuery()) {
                int m = 0;
                while (rs.next()) m++;
                same(m, 10);
            }
        } finally {
            conn.rollback();
            conn.setAutoCommit(true);
        }
        try (Statement s = conn.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
             ResultSet rs = s.executeQuery("select n_nationkey from nation order by 1")) {
            rs.last();
            same(rs.getRow(), 25);
        }
        return n + " rows";
    }

    static String cancel() throws Exception {
        try (Statement s = conn.createStatement()) {
            Thread t = new Thread(() -> {
                try {
                    Thread.sleep(500);
                    s.cancel();
                } catch (Exception e) {
                    throw new RuntimeException(e);
                }
            });
            t.start();
            long start = System.nanoTime();
            try {
                s.executeQuery(SLOW);
                throw new AssertionError("not canceled");
            } catch (SQLException e) {
                same(e.getSQLState(), "57014");
            }
            t.join();
            if (System.nanoTime() - start > 5e9) throw new AssertionError("slow cancel");
            s.setQueryTimeout(1);
            try {
                s.executeQuery(SLOW);
                throw new AssertionError("no time-out");
            } catch (SQLException e) {
                same(e.getSQLState(), "57014");
            }
        }
        return null;
    }

    static String errors() throws SQLException {
        String[][] cases = {{"select nosuch from orders", "42703"}, {"selec 1", "42601"}, {"select 1/0", "22012"}, {"select * from nosuch", "42P01"}};
        for (String[] c : cases) {
            try (Statement s = conn.createStatement()) {
                s.executeQuery(c[0]);
                throw new AssertionError(c[0]);
            } catch (SQLException e) {
                same(c[0] + " " + e.getSQLState(), c[0] + " " + c[1]);
            }
        }
        return null;
    }

    static String transaction() throws SQLException {
        conn.setAutoCommit(false);
        conn.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        try (Statement s = conn.createStatement()) {
            s.execute("select 1");
            Savepoint p = conn.setSavepoint("p");
            try {
                s.execute("select 1/0");
            } catch (SQLException e) {
                same(e.getSQLState(), "22012");
            }
            conn.rollback(p);
            conn.releaseSavepoint(p);
            s.execute("select 2");
            conn.commit();
        } finally {
            conn.rollback();
            conn.setAutoCommit(true);
        }
        conn.setReadOnly(true);
        try (Statement s = conn.createStatement()) {
            s.execute("select 1");
        }
        conn.setReadOnly(false);
        return null;
    }

    static String temp() throws Exception {
        for (String rewrite : new String[] {"false", "true"}) {
            try (Connection c = open("reWriteBatchedInserts", rewrite); Statement s = c.createStatement()) {
                s.execute("create temp table t (a int, b varchar(20), c timestamp, d numeric(10,2), e bytea)");
                try (PreparedStatement ps = c.prepareStatement("insert into t values (?, ?, ?, ?, ?)")) {
                    for (int i = 0; i < 200; i++) {
                        ps.setInt(1, i);
                        ps.setString(2, "row " + i);
                        ps.setTimestamp(3, Timestamp.valueOf("2024-02-29 13:14:15"));
                        ps.setBigDecimal(4, BigDecimal.valueOf(i, 2));
                        ps.setNull(5, Types.BINARY);
                        ps.addBatch();
                    }
                    ps.executeBatch();
                }
                c.unwrap(PGConnection.class).getCopyAPI().copyIn("copy t (a, b) from stdin with (format csv)", new StringReader("200,\"a,b\"\n201,\n"));
                try (ResultSet rs = s.executeQuery("select count(*), sum(a), sum(d) from t")) {
                    rs.next();
                    same(rs.getLong(1) + " " + rs.getLong(2) + " " + rs.getBigDecimal(3), "202 20301 199.00");
                }
            }
        }
        return null;
    }

    static String copy() throws Exception {
        StringWriter w = new StringWriter();
        long n = conn.unwrap(PGConnection.class).getCopyAPI().copyOut("copy (select n_nationkey, n_name from nation order by 1) to stdout with (format csv)", w);
        same(n, 25L);
        same(w.toString().startsWith("0,ALGERIA\n"), true);
        return null;
    }

    public static void main(String[] args) throws Exception {
        conn = open();
        check("connect", Client::connect);
        check("password", Client::password);
        check("catalog", Client::catalog);
        check("metadata", Client::metadata);
        check("types", Client::types);
        check("parameters", Client::parameters);
        check("fetch", Client::fetch);
        check("cancel", Client::cancel);
        check("errors", Client::errors);
        check("transaction", Client::transaction);
        check("temp", Client::temp);
        check("copy", Client::copy);
        conn.close();
        System.exit(failed ? 1 : 0);
    }
}
