package vn.vanggia.app.form

import android.text.SpannableStringBuilder
import android.text.Spanned
import android.text.style.ForegroundColorSpan
import android.view.View
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import vn.vanggia.app.*
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.ProblemView
import vn.vanggia.core.QuestionKind
import vn.vanggia.core.QuestionView

/** One question: its words, its input, and what is wrong with the answer. */
class QuestionCard(
    host: MainActivity,
    question: QuestionView,
    answer: (AnswerValue) -> Unit,
    photos: PhotoDesk,
) : LinearLayout(host) {
    private val isNote = question.kind is QuestionKind.Note
    private val label = TextView(host, null, 0, if (isNote) R.style.Body else R.style.Question)
    private val hint = TextView(host, null, 0, R.style.Soft)
    private val problem = TextView(host, null, 0, R.style.Problem).apply {
        accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }
    private var fromCore: ProblemView? = null
    private var typing: String? = null

    private val input: Input? = inputFor(
        question,
        Asked(host, question.path, answer, complain = { typing = it; drawProblem() }, photos),
    )

    init {
        orientation = VERTICAL
        tag = question.path
        setPadding(host.dp(14), host.dp(12), host.dp(14), host.dp(14))
        add(label)
        add(hint, host.dp(2))
        input?.let { input ->
            add(input.view, host.dp(10))
            (input.view as? EditText ?: input.view.findViewWithTag<View>(FIELD))?.let { field ->
                field.id = View.generateViewId()
                label.labelFor = field.id
            }
        }
        add(problem, host.dp(10))
        show(question)
    }

    fun show(question: QuestionView) {
        label.text = if (question.required && !isNote) starred(question.label) else question.label
        hint.text = question.hint
        hint.visible(question.hint.isNotEmpty())
        input?.show(question)
        problem(question.problem)
    }

    fun problem(problem: ProblemView?) {
        fromCore = problem
        drawProblem()
    }

    fun flush(): Boolean = input?.flush() ?: true

    private fun drawProblem() {
        val words = typing ?: fromCore?.text
        problem.text = words.orEmpty()
        problem.visible(words != null)
        setBackgroundResource(
            when {
                words != null -> R.drawable.card_problem
                isNote -> R.drawable.card_note
                else -> R.drawable.card
            }
        )
    }

    private fun starred(words: String): CharSequence = SpannableStringBuilder(words).apply {
        append(" *")
        setSpan(ForegroundColorSpan(context.getColor(R.color.danger)), words.length, length, Spanned.SPAN_EXCLUSIVE_EXCLUSIVE)
    }

    companion object {
        /** Tag of the field that the label belongs to, where the input is more than a field. */
        const val FIELD = "field"
    }
}
