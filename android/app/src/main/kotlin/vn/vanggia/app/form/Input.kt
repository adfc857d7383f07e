package vn.vanggia.app.form

import android.view.View
import android.widget.TextView
import vn.vanggia.app.*
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.QuestionKind
import vn.vanggia.core.QuestionView

/** The part of a question that takes the answer. It shows what the core holds and hands over what is given. */
interface Input {
    val view: View

    /** The question as the core has it now. What is being typed is left alone. */
    fun show(question: QuestionView)

    /** Hands over what was typed; false if it is no answer of this kind yet. */
    fun flush(): Boolean = true
}

/** What an input may do. */
class Asked(
    val host: MainActivity,
    val path: String,
    val answer: (AnswerValue) -> Unit,
    /** Says below the question what is wrong with what was typed; `null` takes it back. */
    val complain: (String?) -> Unit,
    val photos: PhotoDesk,
)

/** Where camera bytes go to and previews come from. */
interface PhotoDesk {
    fun take(path: String, bytes: ByteArray)
    fun preview(path: String, then: (android.graphics.Bitmap?) -> Unit)

    /** A picture that came with the form. */
    fun picture(name: String, then: (android.graphics.Bitmap?) -> Unit)
}

fun inputFor(question: QuestionView, asked: Asked): Input? {
    if (question.kind is QuestionKind.Note) return null
    if (question.readonly && question.kind !is QuestionKind.Photo && question.kind !is QuestionKind.Drawing) return Shown(asked.host)
    return when (val kind = question.kind) {
        is QuestionKind.Text, is QuestionKind.LongText, is QuestionKind.Secret, is QuestionKind.Barcode,
        is QuestionKind.Integer, is QuestionKind.Decimal -> TypedInput(asked, question)
        is QuestionKind.Date -> DateInput(asked)
        is QuestionKind.Time -> TimeInput(asked)
        is QuestionKind.DateTime -> DateTimeInput(asked)
        is QuestionKind.SelectOne, is QuestionKind.SelectMultiple ->
            if (isLong(question)) ListInput(asked, question) else ChoiceInput(asked, question)
        is QuestionKind.Range -> RangeInput(asked, kind)
        is QuestionKind.Location -> LocationInput(asked)
        is QuestionKind.Photo -> PhotoInput(asked)
        is QuestionKind.Drawing -> DrawingInput(asked)
        is QuestionKind.Trace -> TraceInput(asked, kind)
        is QuestionKind.Rank -> RankInput(asked)
        is QuestionKind.Acknowledge -> AcknowledgeInput(asked)
        is QuestionKind.Note, is QuestionKind.Unsupported -> Shown(asked.host, asked.host.getString(R.string.form_unsupported))
    }
}

/** An answer that can only be read here. */
private class Shown(host: MainActivity, private val instead: String = "—") : Input {
    override val view = TextView(host, null, 0, R.style.Body)
    override fun show(question: QuestionView) {
        view.text = question.shown.ifEmpty { instead }
    }
}
