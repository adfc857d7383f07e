package vn.vanggia.app.form

import android.text.InputFilter
import android.text.InputType
import android.text.method.DigitsKeyListener
import android.view.Gravity
import android.widget.EditText
import vn.vanggia.app.*
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.QuestionKind
import vn.vanggia.core.QuestionView
import java.math.BigDecimal

/** Words or a number. Handed over when the fingers rest, when the field is left, and before the page is. */
class TypedInput(private val asked: Asked, question: QuestionView) : Input {
    private val kind = question.kind
    private val decimalMark = if (asked.host.getString(R.string.language) == "vi") ',' else '.'
    private var dirty = false
    private var showing = false
    private val later = Runnable { flush() }

    override val view = EditText(asked.host, null, 0, R.style.Field).apply {
        val numbers = question.appearance.split(' ').contains("numbers")
        inputType = when {
            kind is QuestionKind.Integer ->
                InputType.TYPE_CLASS_NUMBER or InputType.TYPE_NUMBER_FLAG_SIGNED
            kind is QuestionKind.Decimal ->
                InputType.TYPE_CLASS_NUMBER or InputType.TYPE_NUMBER_FLAG_SIGNED or InputType.TYPE_NUMBER_FLAG_DECIMAL
            kind is QuestionKind.Secret -> InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_VARIATION_PASSWORD
            numbers -> InputType.TYPE_CLASS_PHONE
            kind is QuestionKind.LongText ->
                InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_CAP_SENTENCES or InputType.TYPE_TEXT_FLAG_MULTI_LINE
            else -> InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_CAP_SENTENCES
        }
        // The number keyboard's own filter knows the point only.
        if (kind is QuestionKind.Decimal) keyListener = DigitsKeyListener.getInstance("0123456789-.,")
        if (kind is QuestionKind.Integer) filters = arrayOf<InputFilter>(InputFilter.LengthFilter(18))
        if (kind is QuestionKind.LongText) {
            minLines = 3
            gravity = Gravity.TOP or Gravity.START
        }
        onText {
            if (showing) return@onText
            dirty = true
            removeCallbacks(later)
            postDelayed(later, REST)
        }
        setOnFocusChangeListener { _, has -> if (!has) flush() }
    }

    override fun show(question: QuestionView) {
        if (dirty) return
        val words = when (val value = question.value) {
            is AnswerValue.Text -> value.text
            is AnswerValue.Integer -> value.number.toString()
            is AnswerValue.Decimal ->
                BigDecimal(value.number.toString()).stripTrailingZeros().toPlainString().replace('.', decimalMark)
            else -> ""
        }
        if (view.text.toString() == words || view.isFocused && read(view.text.toString()) == question.value) return
        showing = true
        view.setText(words)
        view.setSelection(view.text.length)
        showing = false
    }

    override fun flush(): Boolean {
        view.removeCallbacks(later)
        val value = read(view.text.toString())
        asked.complain(if (value == null) asked.host.getString(R.string.number_wrong) else null)
        if (value == null) return false
        if (dirty) {
            dirty = false
            asked.answer(value)
        }
        return true
    }

    private fun read(typed: String): AnswerValue? {
        if (typed.isBlank()) return AnswerValue.Empty
        return when (kind) {
            is QuestionKind.Integer -> typed.toLongOrNull()?.let { AnswerValue.Integer(it) }
            is QuestionKind.Decimal ->
                typed.replace(',', '.').toDoubleOrNull()?.let { AnswerValue.Decimal(it) }
            else -> AnswerValue.Text(typed)
        }
    }

    private companion object {
        /** Milliseconds without a key. */
        const val REST = 700L
    }
}
