import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.opendatakit.validate.ErrorListener;
import org.opendatakit.validate.FormValidator;

/** Reads paths of XForms, a line each; for those that ODK Validate refuses, prints the path, a tab and why. */
public class Validate {
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        // JavaRosa writes its log to standard output.
        System.setOut(System.err);
        BufferedReader paths = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String path = paths.readLine(); path != null; path = paths.readLine()) {
            List<String> errors = new ArrayList<>();
            boolean[] accepted = {false};
            new FormValidator().setErrorListener(new ErrorListener() {
                @Override
                public void error(Object error) {
                    errors.add(String.valueOf(error));
                }

                @Override
                public void error(Object error, Throwable cause) {
                    errors.add(error + ": " + cause);
                }

                @Override
                public void info(Object message) {
                    accepted[0] |= String.valueOf(message).contains("Xform is valid");
                }
            }).validate(path);
            if (!accepted[0]) {
                out.println(path + "\t" + String.join(" / ", errors).replaceAll("\\s+", " "));
            }
        }
    }
}
