package vn.vanggia.app.form

import android.view.Gravity
import android.view.View
import android.widget.ImageButton
import android.widget.LinearLayout
import android.widget.TextView
import vn.vanggia.app.*
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.ChoiceView
import vn.vanggia.core.QuestionView

/** Choices to put in order, each moved by its two arrows. Until one is moved there is no answer. */
class RankInput(private val asked: Asked) : Input {
    private val list = asked.host.column()
    private val keep = asked.host.button(asked.host.getString(R.string.rank_keep), R.style.Button_Outline) { give(order) }
    private val clear = clearButton(asked)
    private var order: List<String> = emptyList()
    override val view: View = asked.host.column { add(list); add(keep, context.dp(8)); add(clear) }

    override fun show(question: QuestionView) {
        val given = (question.value as? AnswerValue.Choices)?.values.orEmpty()
        val choices = question.choices.associateBy { it.value }
        order = given.filter { it in choices } + question.choices.map { it.value }.filter { it !in given }
        list.removeAllViews()
        order.forEachIndexed { n, value -> choices[value]?.let { list.add(row(n, it), asked.host.dp(6)) } }
        keep.visible(given.isEmpty() && order.isNotEmpty())
        clear.visible(given.isNotEmpty() && !question.required)
    }

    private fun row(n: Int, choice: ChoiceView): View = LinearLayout(asked.host).apply {
        gravity = Gravity.CENTER_VERTICAL
        minimumHeight = context.dimen(R.dimen.touch)
        setBackgroundResource(R.drawable.choice)
        setPadding(context.dp(12), 0, 0, 0)
        val words = TextView(context, null, 0, R.style.Body).apply { text = styled("${n + 1}. ${choice.label}", emptyList()) }
        addView(words, LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 1f))
        addView(arrow(R.drawable.ic_up, R.string.rank_up, choice.label, n > 0) { swap(n, n - 1) })
        addView(arrow(R.drawable.ic_down, R.string.rank_down, choice.label, n < order.size - 1) { swap(n, n + 1) })
    }

    private fun arrow(icon: Int, what: Int, label: String, leads: Boolean, move: () -> Unit) = ImageButton(asked.host).apply {
        setImageResource(icon)
        setColorFilter(context.getColor(if (leads) R.color.primary else R.color.line))
        background = context.themeDrawable(android.R.attr.selectableItemBackgroundBorderless)
        contentDescription = "${context.getString(what)}: $label"
        isEnabled = leads
        layoutParams = LinearLayout.LayoutParams(context.dimen(R.dimen.touch), context.dimen(R.dimen.touch))
        setOnClickListener { move() }
    }

    private fun swap(a: Int, b: Int) = give(order.toMutableList().apply { this[a] = order[b]; this[b] = order[a] })

    private fun give(values: List<String>) = asked.answer(AnswerValue.Choices(values))
}
