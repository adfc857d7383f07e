package vn.vanggia.javarosa;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.javarosa.model.xform.XFormsModule;

/**
 * Plays forms with JavaRosa. A line in is {"form", "media", "script": [command, …], "instances": [xml, …]};
 * the line out is {"steps": [{"error", "nodes"}, …], "instances": [{"nodes"} or {"error"}, …]}, or {"error"}
 * when the form can't be opened. The first step is the state before any command.
 */
public final class Oracle {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        // JavaRosa writes to the standard output at times.
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        System.setOut(System.err);
        new XFormsModule().registerModule();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(JSON.writeValueAsString(answer(JSON.readTree(line))));
            out.flush();
        }
    }

    private static ObjectNode answer(JsonNode request) {
        ObjectNode answer = JSON.createObjectNode();
        String form = request.get("form").asText();
        try {
            Media.serve(Path.of(request.get("media").asText()));
            Play play = Play.start(form);
            ArrayNode steps = answer.putArray("steps");
            steps.addObject().set("nodes", play.state());
            for (JsonNode command : request.get("script")) {
                ObjectNode step = steps.addObject();
                String error = play.carryOut(command.asText());
                if (error != null) {
                    step.put("error", error);
                }
                step.set("nodes", play.state());
            }
            ArrayNode instances = answer.putArray("instances");
            for (JsonNode instance : request.get("instances")) {
                instances.addObject().set("nodes", Play.resume(form, instance.asText()).state());
            }
        } catch (Exception | StackOverflowError problem) {
            answer.put("error", problem.toString());
        }
        return answer;
    }
}
