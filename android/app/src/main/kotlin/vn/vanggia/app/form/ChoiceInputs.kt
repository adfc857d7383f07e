package vn.vanggia.app.form

import android.graphics.Bitmap
import android.graphics.drawable.BitmapDrawable
import android.view.Gravity
import android.view.View
import android.widget.Button
import android.widget.CheckBox
import android.widget.CompoundButton
import android.widget.LinearLayout
import android.widget.RadioButton
import android.widget.SeekBar
import android.widget.TextView
import vn.vanggia.app.*
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.ChoiceView
import vn.vanggia.core.QuestionKind
import vn.vanggia.core.QuestionView
import kotlin.math.roundToInt

/** Too many choices to stand on the page, or the form's author wants them folded. */
fun isLong(question: QuestionView) =
    question.choices.size > 10 || question.appearance.split(' ').any { it == "minimal" || it == "autocomplete" }

/** All choices on the page, one or several to tick. */
class ChoiceInput(private val asked: Asked, question: QuestionView) : Input {
    private val several = question.kind is QuestionKind.SelectMultiple
    private var drawn: List<ChoiceView> = emptyList()
    private val buttons = ArrayList<CompoundButton>()
    private val list = LinearLayout(asked.host)
    private val clear = clearButton(asked)
    override val view: View = asked.host.column { add(list); add(clear) }

    override fun show(question: QuestionView) {
        val choices = question.choices.map { it.copy(chosen = false) }
        if (choices != drawn) {
            drawn = choices
            draw(question.choices)
        }
        buttons.forEachIndexed { n, button -> button.isChecked = question.choices[n].chosen }
        clear.visible(!several && !question.required && question.choices.any { it.chosen })
    }

    private fun draw(choices: List<ChoiceView>) {
        list.removeAllViews()
        buttons.clear()
        // Yes and no, male and female: side by side, which halves a page.
        val beside = choices.size in 2..3 && choices.sumOf { it.label.length } <= 24 && choices.all { it.label.length <= 12 && it.image == null }
        list.orientation = if (beside) LinearLayout.HORIZONTAL else LinearLayout.VERTICAL
        for (choice in choices) {
            val button = if (several) CheckBox(asked.host) else RadioButton(asked.host)
            button.text = styled(choice.label, choice.styled)
            choice.image?.let { name -> asked.photos.picture(name) { button.pictured(it) } }
            button.tag = choice.value
            button.textSize = 17f
            button.minHeight = asked.host.dimen(R.dimen.touch)
            button.gravity = Gravity.CENTER_VERTICAL
            button.setTextColor(asked.host.getColor(R.color.text))
            button.setBackgroundResource(R.drawable.choice)
            button.setPadding(asked.host.dp(10), asked.host.dp(8), asked.host.dp(10), asked.host.dp(8))
            button.setOnClickListener { chose(choice.value) }
            buttons.add(button)
            val gap = asked.host.dp(6)
            if (beside) {
                list.addView(button, LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.MATCH_PARENT, 1f).apply {
                    if (buttons.size > 1) marginStart = gap
                })
            } else {
                list.add(button, if (buttons.size > 1) gap else 0)
            }
        }
    }

    private fun chose(value: String) {
        if (several) {
            val chosen = drawn.indices.filter { buttons[it].isChecked }.map { drawn[it].value }
            asked.answer(if (chosen.isEmpty()) AnswerValue.Empty else AnswerValue.Choices(chosen))
        } else {
            buttons.forEachIndexed { n, button -> button.isChecked = drawn[n].value == value }
            asked.answer(AnswerValue.Choice(value))
        }
    }
}

/** The picture of a choice beside its words. */
private fun CompoundButton.pictured(picture: Bitmap?) {
    val side = context.dp(72)
    val drawn = picture?.let { BitmapDrawable(resources, it) } ?: return
    drawn.setBounds(0, 0, side * picture.width / picture.height.coerceAtLeast(1), side)
    compoundDrawablePadding = context.dp(10)
    setCompoundDrawablesRelative(null, null, drawn, null)
}

/** A field that opens the list of choices on a screen of its own, with a search. */
class ListInput(private val asked: Asked, question: QuestionView) : Input {
    private val several = question.kind is QuestionKind.SelectMultiple
    private var question = question
    private val field: Button = pickField(asked.host, 0, ::open).apply { tag = QuestionCard.FIELD }
    private val clear = clearButton(asked)
    override val view: View = asked.host.column { add(field); add(clear) }

    override fun show(question: QuestionView) {
        this.question = question
        field.text = question.shown.ifEmpty { asked.host.getString(R.string.form_choose) }
        field.setCompoundDrawablesRelativeWithIntrinsicBounds(0, 0, R.drawable.ic_down, 0)
        field.contentDescription = "${question.label}: ${field.text}"
        clear.visible(!question.required && question.choices.any { it.chosen })
    }

    private fun open() = asked.host.push(
        ChoiceScreen(asked.host, question.label, question.choices, several) { chosen ->
            asked.answer(
                when {
                    chosen.isEmpty() -> AnswerValue.Empty
                    several -> AnswerValue.Choices(chosen)
                    else -> AnswerValue.Choice(chosen.first())
                }
            )
        }
    )
}

class AcknowledgeInput(private val asked: Asked) : Input {
    override val view = CheckBox(asked.host).apply {
        setText(R.string.form_acknowledge)
        textSize = 17f
        minHeight = context.dimen(R.dimen.touch)
        setBackgroundResource(R.drawable.choice)
        setPadding(context.dp(10), context.dp(8), context.dp(10), context.dp(8))
        setOnClickListener { asked.answer(if (isChecked) AnswerValue.Acknowledged else AnswerValue.Empty) }
    }

    override fun show(question: QuestionView) {
        view.isChecked = question.value is AnswerValue.Acknowledged
    }
}

/** A number between bounds. */
class RangeInput(private val asked: Asked, private val range: QuestionKind.Range) : Input {
    private val words = TextView(asked.host, null, 0, R.style.Strong)
    private val slider = SeekBar(asked.host).apply {
        max = if (range.step > 0) ((range.to - range.from) / range.step).roundToInt() else 0
        minimumHeight = context.dimen(R.dimen.touch)
        setOnSeekBarChangeListener(object : SeekBar.OnSeekBarChangeListener {
            override fun onProgressChanged(bar: SeekBar, at: Int, byHand: Boolean) = Unit
            override fun onStartTrackingTouch(bar: SeekBar) = Unit
            override fun onStopTrackingTouch(bar: SeekBar) = give(range.from + bar.progress * range.step)
        })
    }
    override val view: View = asked.host.column { add(words); add(slider) }

    private fun give(number: Double) {
        val whole = range.from % 1.0 == 0.0 && range.step % 1.0 == 0.0
        asked.answer(if (whole) AnswerValue.Integer(number.toLong()) else AnswerValue.Decimal(number))
    }

    override fun show(question: QuestionView) {
        words.text = question.shown.ifEmpty { "—" }
        val number = when (val value = question.value) {
            is AnswerValue.Integer -> value.number.toDouble()
            is AnswerValue.Decimal -> value.number
            else -> return
        }
        if (range.step > 0) slider.progress = ((number - range.from) / range.step).roundToInt()
    }
}

internal fun clearButton(asked: Asked) = asked.host.button(asked.host.getString(R.string.form_clear), R.style.Button_Base) {
    asked.answer(AnswerValue.Empty)
}.apply { setTextColor(asked.host.getColor(R.color.primary)) }
