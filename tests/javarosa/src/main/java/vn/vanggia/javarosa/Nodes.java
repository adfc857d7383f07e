package vn.vanggia.javarosa;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.javarosa.core.model.Constants;
import org.javarosa.core.model.FormDef;
import org.javarosa.core.model.FormIndex;
import org.javarosa.core.model.GroupDef;
import org.javarosa.core.model.IFormElement;
import org.javarosa.core.model.SelectChoice;
import org.javarosa.core.model.data.BooleanData;
import org.javarosa.core.model.data.IAnswerData;
import org.javarosa.core.model.data.helper.Selection;
import org.javarosa.core.model.instance.TreeElement;
import org.javarosa.core.model.instance.TreeReference;
import org.javarosa.form.api.FormEntryCaption;
import org.javarosa.form.api.FormEntryController;
import org.javarosa.form.api.FormEntryModel;
import org.javarosa.form.api.FormEntryPrompt;
import org.javarosa.xform.util.XFormAnswerDataParser;
import org.javarosa.xform.util.XFormAnswerDataSerializer;

/** Nodes as `form play` shows them. */
final class Nodes {
    private Nodes() {}

    /** Value and relevance of every element. */
    static void values(FormDef form, TreeElement element, String around, ObjectNode nodes) {
        String path = around + "/" + element.getName();
        if (element.isRepeatable()) {
            path += "[" + (element.getMult() + 1) + "]";
        }
        ObjectNode node = nodes.putObject(path);
        node.put("relevant", element.isRelevant());
        if (element.getNumChildren() == 0) {
            node.put("value", stored(element.getValue()));
        }
        for (int i = 0; i < element.getNumChildren(); i++) {
            TreeElement child = element.getChildAt(i);
            if (child.getMult() >= 0) {
                values(form, child, path, nodes);
            }
        }
    }

    /** What a control adds: label, choices, validity. Only for what is relevant. */
    static void show(FormDef form, FormEntryModel model, FormIndex index, ObjectNode nodes, Set<String> seen) {
        int event = model.getEvent(index);
        if (!model.isIndexRelevant(index)) {
            return;
        }
        String path = path(form, index, event);
        ObjectNode node = (ObjectNode) nodes.get(path);
        if (event == FormEntryController.EVENT_GROUP || event == FormEntryController.EVENT_REPEAT) {
            FormEntryCaption caption = model.getCaptionPrompt(index);
            String label = caption.getLongText();
            boolean bound = isBound(form, index);
            // The group around a repeat names the same node; the outer label stands.
            if (bound && node != null && label != null && !label.isEmpty() && seen.add(path)) {
                node.put("label", label);
            }
            return;
        }
        if (event != FormEntryController.EVENT_QUESTION) {
            return;
        }
        FormEntryPrompt prompt = model.getQuestionPrompt(index);
        TreeElement element = form.getMainInstance().resolveReference(index.getReference());
        node.put("label", prompt.getQuestionText());
        node.put("hint", prompt.getHelpText());
        node.put("required", prompt.isRequired());
        node.put("readonly", prompt.isReadOnly());
        IAnswerData before = element.getValue();
        if (isSelect(prompt)) {
            ArrayNode choices = node.putArray("choices");
            for (SelectChoice choice : prompt.getSelectChoices()) {
                ObjectNode item = choices.addObject();
                item.put("value", choice.getValue());
                item.put("label", prompt.getSelectChoiceText(choice));
            }
        }
        IAnswerData value = element.getValue();
        if (!Objects.equals(stored(before), stored(value))) {
            // To read the choices clears an answer that is none of them; what reads it is told only here.
            form.triggerTriggerables(element.getRef());
        }
        // A selection of which every choice was withdrawn stays as an empty list, which JavaRosa takes for an answer.
        String text = stored(value);
        boolean blank = text == null || text.isEmpty();
        if (blank && element.isRequired()) {
            node.put("problem", "xforms.required");
        } else if (!blank && !form.evaluateConstraint(element.getRef(), value)) {
            node.put("problem", "xforms.constraint");
            node.put("message", prompt.getConstraintText());
        }
    }

    /** Whether a group has a node of its own; one without shows its parent's reference. */
    private static boolean isBound(FormDef form, FormIndex index) {
        List<IFormElement> around = form.explodeIndex(index);
        if (around.size() < 2) {
            return index.getReference().size() > 1;
        }
        IFormElement parent = around.get(around.size() - 2);
        boolean isRepeat = around.get(around.size() - 1) instanceof GroupDef group && group.getRepeat();
        TreeReference reference = index.getReference().genericize();
        if (isRepeat || parent.getBind() == null) {
            return true;
        }
        TreeReference outer = (TreeReference) parent.getBind().getReference();
        return !reference.equals(outer.genericize());
    }

    /** Of an instance with its place, of the prompt for a new one without. */
    static String path(FormDef form, FormIndex index, int event) {
        TreeReference reference = index.getReference();
        StringBuilder path = new StringBuilder();
        for (int i = 0; i < reference.size(); i++) {
            path.append('/').append(reference.getName(i));
            boolean last = i == reference.size() - 1;
            if (last && event == FormEntryController.EVENT_PROMPT_NEW_REPEAT) {
                break;
            }
            TreeElement element = form.getMainInstance().resolveReference(reference.getSubReference(i));
            if (element != null && element.isRepeatable()) {
                path.append('[').append(reference.getMultiplicity(i) + 1).append(']');
            }
        }
        return path.toString();
    }

    static boolean isSelect(FormEntryPrompt prompt) {
        return switch (prompt.getControlType()) {
            case Constants.CONTROL_SELECT_ONE, Constants.CONTROL_SELECT_MULTI, Constants.CONTROL_RANK -> true;
            default -> false;
        };
    }

    /** The answer that a stored text is; null where the type can't hold it. */
    static IAnswerData parse(FormEntryPrompt prompt, TreeElement node, String value) {
        int type = answerType(prompt, node);
        if (type == Constants.DATATYPE_BOOLEAN) {
            return switch (value) {
                case "true", "1" -> new BooleanData(true);
                case "false", "0" -> new BooleanData(false);
                default -> null;
            };
        }
        try {
            return XFormAnswerDataParser.getAnswerData(value, type, prompt.getQuestion());
        } catch (RuntimeException unreadable) {
            return null;
        }
    }

    /** JavaRosa's parser tells selects from texts by the data type. */
    private static int answerType(FormEntryPrompt prompt, TreeElement node) {
        return switch (prompt.getControlType()) {
            case Constants.CONTROL_SELECT_ONE -> Constants.DATATYPE_CHOICE;
            case Constants.CONTROL_SELECT_MULTI, Constants.CONTROL_RANK -> Constants.DATATYPE_MULTIPLE_ITEMS;
            default -> node.getDataType();
        };
    }

    /** Whether all that was chosen is among the choices of now. */
    static boolean offered(FormEntryPrompt prompt, IAnswerData data) {
        Set<String> values = new HashSet<>();
        prompt.getSelectChoices().forEach(choice -> values.add(choice.getValue()));
        List<String> chosen = new ArrayList<>();
        if (data.getValue() instanceof Selection one) {
            chosen.add(one.getValue());
        } else if (data.getValue() instanceof List<?> many) {
            many.forEach(item -> chosen.add(((Selection) item).getValue()));
        }
        return values.containsAll(chosen);
    }

    private static String stored(IAnswerData data) {
        if (data instanceof BooleanData) {
            // Serialised as 1 and 0, which the specification has as another form of true and false.
            return data.getValue().toString();
        }
        return data == null ? null : String.valueOf(new XFormAnswerDataSerializer().serializeAnswerData(data));
    }
}
