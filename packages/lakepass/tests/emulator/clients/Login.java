import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;

/** Logs in for each line "URL TAB password" and answers "in TAB role" or "SQLSTATE TAB message". */
class Login {
    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] parts = line.split("\t", -1);
            System.out.println(attempt(parts[0], parts[1]).replace("\n", "\\n"));
        }
    }

    private static String attempt(String url, String password) {
        Properties properties = new Properties();
        properties.setProperty("password", password);
        try (Connection connection = DriverManager.getConnection(url, properties);
                ResultSet rows =
                        connection.createStatement().executeQuery("SELECT current_user")) {
            rows.next();
            return "in\t" + rows.getString(1);
        } catch (SQLException error) {
            return error.getSQLState() + "\t" + error.getMessage();
        }
    }
}
