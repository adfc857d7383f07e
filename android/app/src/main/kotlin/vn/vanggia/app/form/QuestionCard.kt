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
    private val groups = TextView(host, null, 0, R.style.Section)
    private val picture = host.imageView(null, 0, host.getString(R.string.form_picture)).apply {
        scaleType = android.widget.ImageView.ScaleType.FIT_CENTER
        adjustViewBounds = true
        visible(false)
    }
    private var pictured: String? = null
    private val guidance = TextView(host, null, 0, R.style.Soft).apply { visible(false) }
    private val more = host.button(host.getString(R.string.form_guidance), R.style.Button_Base) {
        guidance.visible(guidance.visibility != View.VISIBLE)
    }.apply { setTextColor(context.getColor(R.color.primary)) }
    private val photos = photos
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
        add(groups)
        add(label)
        add(hint, host.dp(2))
        add(more)
        add(guidance)
        addView(picture, LayoutParams(LayoutParams.WRAP_CONTENT, host.dp(160)).apply { topMargin = host.dp(8) })
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
        val words = styled(question.label, question.styled)
        label.say(if (question.required && !isNote) starred(words) else words)
        hint.say(styled(question.hint, question.styledHint))
        hint.visible(question.hint.isNotEmpty())
        groups.text = question.groups.joinToString(" › ")
        groups.visible(question.groups.isNotEmpty())
        guidance.say(styled(question.guidance, question.styledGuidance))
        more.visible(question.guidance.isNotEmpty())
        if (question.guidance.isEmpty()) guidance.visible(false)
        showPicture(question.image)
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

    private fun showPicture(name: String?) {
        if (name == pictured) return
        pictured = name
        picture.visible(false)
        if (name != null) photos.picture(name) { found ->
            picture.setImageBitmap(found)
            picture.visible(found != null)
        }
    }

    private fun starred(words: CharSequence): CharSequence = SpannableStringBuilder(words).apply {
        append(" *")
        setSpan(ForegroundColorSpan(context.getColor(R.color.danger)), words.length, length, Spanned.SPAN_EXCLUSIVE_EXCLUSIVE)
    }

    companion object {
        /** Tag of the field that the label belongs to, where the input is more than a field. */
        const val FIELD = "field"
    }
}
