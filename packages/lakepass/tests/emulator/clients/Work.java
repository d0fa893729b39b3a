import java.io.StringReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import org.postgresql.PGConnection;

/** Works in a session as frameworks do, and prints what came of it, a line each. */
class Work {
    public static void main(String[] arguments) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("password", System.getenv("PGPASSWORD"));
        try (Connection connection = DriverManager.getConnection(arguments[0], properties)) {
            System.out.println("prepared " + prepared(connection));
            connection.setAutoCommit(false);
            System.out.println("fetched " + fetched(connection));
            System.out.println("copied " + copied(connection));
            connection.commit();
            System.out.println("cancelled " + cancelled(connection));
        }
    }

    /** From the sixth time on, the statement is prepared on the server. */
    private static int prepared(Connection connection) throws SQLException {
        int sum = 0;
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?::int + 1")) {
            for (int number = 0; number < 10; number++) {
                statement.setInt(1, number);
                ResultSet rows = statement.executeQuery();
                rows.next();
                sum += rows.getInt(1);
            }
        }
        return sum;
    }

    /** Through a portal, some rows at a time. */
    private static int fetched(Connection connection) throws SQLException {
        int count = 0;
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(1000);
            ResultSet rows = statement.executeQuery("SELECT generate_series(1, 50000)");
            while (rows.next()) {
                count++;
            }
        }
        return count;
    }

    private static long copied(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TEMPORARY TABLE t (n int)");
            return connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY t FROM STDIN", new StringReader("1\n2\n3\n"));
        }
    }

    /** A cancel request goes through a connection of its own. */
    private static String cancelled(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            Thread impatient = new Thread(() -> cancelUntilInterrupted(statement));
            impatient.start();
            try {
                statement.execute("SELECT pg_sleep(30)");
                return "never";
            } catch (SQLException error) {
                return error.getSQLState();
            } finally {
                impatient.interrupt();
                impatient.join();
            }
        }
    }

    private static void cancelUntilInterrupted(Statement statement) {
        try {
            while (true) {
                Thread.sleep(20);
                statement.cancel();
            }
        } catch (InterruptedException | SQLException over) {
            return;
        }
    }
}
