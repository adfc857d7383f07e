package vn.vanggia.javarosa;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.GroupDef;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.instance.InstanceInitializationFactory;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.xform.parse.XFormParser;

/** A form in JavaRosa's hands, driven by the commands of docs/form-play.md that change something. */
final class Play {
    private static final String LAST_SAVED = "last-saved.xml";

    private final FormDef form;
    private final FormEntryModel model;
    private final FormEntryController controller;

    private Play(FormDef form, boolean isNew) {
        this.form = form;
        this.model = new FormEntryModel(form);
        this.controller = new FormEntryController(model);
        form.initialize(isNew, new InstanceInitializationFactory());
    }

    static Play start(String form) throws XFormParser.ParseException {
        return new Play(new XFormParser(new StringReader(form)).parse("jr://file/" + LAST_SAVED), true);
    }

    static Play resume(String form, String instance) throws XFormParser.ParseException {
        XFormParser parser = new XFormParser(new StringReader(form), new StringReader(instance));
        return new Play(parser.parse("jr://file/" + LAST_SAVED), false);
    }

    /** Returns the error's code, or null. */
    String carryOut(String line) {
        String[] words = line.split(" ", 3);
        String argument = words.length > 1 ? words[1] : "";
        return switch (words[0]) {
            case "answer" -> answer(argument, words.length > 2 ? words[2] : "");
            case "clear" -> answer(argument, "");
            case "add" -> add(argument);
            case "remove" -> remove(argument);
            case "language" -> language(line.substring("language ".length()));
            // Nothing that a peer could see.
            case "restart" -> null;
            default -> throw new IllegalArgumentException("no command " + words[0]);
        };
    }

    private String language(String name) {
        controller.setLanguage(name);
        return null;
    }

    private String answer(String path, String value) {
        FormIndex index = find(path, FormEntryController.EVENT_QUESTION);
        if (index == null) {
            return "xforms.unknown-path";
        }
        FormEntryPrompt prompt = model.getQuestionPrompt(index);
        TreeElement node = form.getMainInstance().resolveReference(index.getReference());
        if (!node.isRelevant()) {
            return "xforms.not-relevant";
        }
        if (prompt.isReadOnly()) {
            return "xforms.read-only";
        }
        IAnswerData data = null;
        if (!value.isEmpty()) {
            data = Nodes.parse(prompt, node, value);
            if (Nodes.isSelect(prompt)) {
                if (data == null || !Nodes.offered(prompt, data)) {
                    return "xforms.not-a-choice";
                }
            } else if (data == null) {
                return "xforms.wrong-type";
            }
        }
        controller.saveAnswer(index, data, true);
        return null;
    }

    private String add(String path) {
        FormIndex index = find(path, FormEntryController.EVENT_PROMPT_NEW_REPEAT);
        if (index == null) {
            return "xforms.unknown-path";
        }
        if (isFixed(index)) {
            return "xforms.repeat-is-fixed";
        }
        if (!model.isIndexRelevant(index)) {
            return "xforms.not-relevant";
        }
        controller.newRepeat(index);
        return null;
    }

    private String remove(String path) {
        FormIndex index = find(path, FormEntryController.EVENT_REPEAT);
        if (index == null) {
            return "xforms.unknown-path";
        }
        if (isFixed(index)) {
            return "xforms.repeat-is-fixed";
        }
        controller.deleteRepeat(index);
        return null;
    }

    private boolean isFixed(FormIndex index) {
        GroupDef repeat = (GroupDef) form.getChild(index);
        return repeat.noAddRemove || repeat.getCountReference() != null;
    }

    private FormIndex find(String path, int event) {
        for (FormIndex index : indexes()) {
            if (model.getEvent(index) == event && Nodes.path(form, index, event).equals(path)) {
                return index;
            }
        }
        return null;
    }

    /** All places of the form. To stand at a repeat is what makes the instances that its jr:count asks for. */
    private List<FormIndex> indexes() {
        List<FormIndex> indexes = new ArrayList<>();
        FormIndex index = model.incrementIndex(FormIndex.createBeginningOfFormIndex());
        while (index.isInForm()) {
            indexes.add(index);
            model.setQuestionIndex(index);
            index = model.incrementIndex(index);
        }
        return indexes;
    }

    /** What each node shows, once walking and reading choices changes nothing any more. */
    ObjectNode state() {
        ObjectNode before = JsonNodeFactory.instance.objectNode();
        for (int round = 0; round < 5; round++) {
            ObjectNode nodes = JsonNodeFactory.instance.objectNode();
            List<FormIndex> indexes = indexes();
            Set<String> controls = new HashSet<>();
            Nodes.values(form, form.getMainInstance().getRoot(), "", nodes);
            for (FormIndex index : indexes) {
                Nodes.show(form, model, index, nodes, controls);
            }
            if (nodes.equals(before)) {
                break;
            }
            before = nodes;
        }
        return before;
    }
}
