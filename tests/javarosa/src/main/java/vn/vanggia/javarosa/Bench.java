package vn.vanggia.javarosa;

import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.model.xform.XFormSerializingVisitor;
import org.javarosa.model.xform.XFormsModule;
import org.javarosa.xform.parse.XFormParser;

/**
 * Takes the steps of core/xforms/examples/bench-xforms with JavaRosa: {@code Bench run FOLDER ROUNDS} prints the median of
 * each step over the second half of the rounds, when the code is warm, and the sum of these; {@code Bench peak FOLDER} does it once and prints the most
 * memory that the process had. Finding a question by its path is not timed, and the steps run without an interface.
 */
public final class Bench {
    private final Path folder;
    private final String xml;
    private final List<String[]> steps = new ArrayList<>();

    /** Milliseconds of each step of a round, by phase. */
    private Map<String, List<Double>> times;

    private FormDef form;
    private FormEntryModel model;
    private FormEntryController controller;
    private final Map<String, FormIndex> questions = new HashMap<>();
    private FormIndex newRepeat;

    private Bench(Path folder) throws Exception {
        this.folder = folder;
        this.xml = Files.readString(folder.resolve("form.xml"));
        for (String line : Files.readAllLines(folder.resolve("steps.tsv"))) {
            steps.add(line.split("\t"));
        }
    }

    public static void main(String[] args) throws Exception {
        // JavaRosa writes to the standard output at times.
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err);
        new XFormsModule().registerModule();
        Bench bench = new Bench(Path.of(args[1]));
        Media.serve(bench.folder);
        String name = bench.folder.getFileName().toString();
        if (args[0].equals("peak")) {
            bench.play();
            String format = "{\"engine\":\"javarosa\",\"case\":\"%s\",\"phase\":\"peak\",\"mb\":%.1f}%n";
            out.printf(Locale.ROOT, format, name, peak());
            return;
        }
        int rounds = Integer.parseInt(args[2]);
        List<Map<String, List<Double>>> warm = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            bench.play();
            if (round >= rounds / 2) {
                warm.add(bench.times);
            }
        }
        StringBuilder values = new StringBuilder();
        values(bench.form.getMainInstance().getRoot(), values);
        Files.writeString(bench.folder.resolve("values-javarosa.txt"), values);
        String format = "{\"engine\":\"javarosa\",\"case\":\"%s\",\"phase\":\"%s\",\"total_ms\":%.5f,"
                + "\"step_ms\":%.5f,\"steps\":%d}%n";
        for (String phase : bench.times.keySet()) {
            List<Double> steps = new ArrayList<>();
            for (int step = 0; step < bench.times.get(phase).size(); step++) {
                int at = step;
                steps.add(median(warm.stream().map(times -> times.get(phase).get(at)).toList()));
            }
            double total = steps.stream().mapToDouble(Double::doubleValue).sum();
            out.printf(Locale.ROOT, format, name, phase, total, median(steps), steps.size());
        }
    }

    private void play() throws Exception {
        times = new LinkedHashMap<>();
        timed("load", () -> {
            form = new XFormParser(new StringReader(xml)).parse("jr://file/last-saved.xml");
            model = new FormEntryModel(form);
            controller = new FormEntryController(model);
            form.initialize(true, new InstanceInitializationFactory());
        });
        questions.clear();
        find(FormIndex.createBeginningOfFormIndex());
        String phase = null;
        for (String[] step : steps) {
            switch (step[0]) {
                case "phase" -> phase = step[1];
                case "answer" -> answer(phase, question(step[1]), step[2]);
                case "add" -> {
                    FormIndex index = newRepeat;
                    timed(phase, () -> controller.newRepeat(index));
                    find(index);
                }
                case "choices" -> choices(phase, question(step[1]), Integer.parseInt(step[2]));
                default -> throw new IllegalArgumentException("no step " + step[0]);
            }
        }
        byte[][] serialised = new byte[1][];
        timed("serialise", () -> serialised[0] = new XFormSerializingVisitor().serializeInstance(form.getMainInstance()));
        if (serialised[0].length == 0) {
            throw new IllegalStateException("nothing was serialised");
        }
    }

    private FormIndex question(String path) {
        FormIndex index = questions.get(path);
        if (index == null) {
            throw new IllegalStateException("no question " + path);
        }
        return index;
    }

    private void answer(String phase, FormIndex index, String value) throws Exception {
        FormEntryPrompt prompt = model.getQuestionPrompt(index);
        TreeElement node = form.getMainInstance().resolveReference(index.getReference());
        IAnswerData data = Nodes.parse(prompt, node, value);
        int[] result = new int[1];
        timed(phase, () -> result[0] = controller.answerQuestion(index, data, true));
        if (result[0] != FormEntryController.ANSWER_OK) {
            throw new IllegalStateException("not taken: " + index.getReference());
        }
    }

    private void choices(String phase, FormIndex index, int wanted) throws Exception {
        int[] count = new int[1];
        timed(phase, () -> {
            FormEntryPrompt prompt = model.getQuestionPrompt(index);
            for (SelectChoice choice : prompt.getSelectChoices()) {
                count[0] += prompt.getSelectChoiceText(choice).isEmpty() ? 0 : 1;
            }
        });
        if (count[0] != wanted) {
            throw new IllegalStateException(index.getReference() + " offers " + count[0] + ", not " + wanted);
        }
    }

    /** Remembers the questions from here to the next prompt for a new repeat instance, and that prompt. */
    private void find(FormIndex from) {
        for (FormIndex index = model.incrementIndex(from); index.isInForm(); index = model.incrementIndex(index)) {
            int event = model.getEvent(index);
            if (event == FormEntryController.EVENT_PROMPT_NEW_REPEAT) {
                newRepeat = index;
                return;
            }
            if (event == FormEntryController.EVENT_QUESTION) {
                questions.put(Nodes.path(form, index, event), index);
            }
        }
    }

    private static void values(TreeElement element, StringBuilder values) {
        if (!element.isRelevant() || element.getName().equals("meta")) {
            return;
        }
        if (element.getNumChildren() == 0 && element.getValue() != null) {
            values.append(element.getName()).append('=').append(element.getValue().uncast().getString()).append('\n');
        }
        for (int i = 0; i < element.getNumChildren(); i++) {
            if (element.getChildAt(i).getMult() >= 0) {
                values(element.getChildAt(i), values);
            }
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private void timed(String phase, Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        double milliseconds = (System.nanoTime() - start) / 1e6;
        times.computeIfAbsent(phase, p -> new ArrayList<>()).add(milliseconds);
    }

    private static double median(List<Double> times) {
        return times.stream().sorted().toList().get(times.size() / 2);
    }

    /** Megabytes. */
    private static double peak() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmHWM:")) {
                return Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024;
            }
        }
        throw new IllegalStateException("no VmHWM");
    }
}
