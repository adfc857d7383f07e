package vn.vanggia.app.screens

import android.graphics.Bitmap
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.LinearLayout
import android.widget.ProgressBar
import android.widget.ScrollView
import android.widget.TextView
import android.widget.Toast
import vn.vanggia.app.*
import vn.vanggia.app.form.PhotoDesk
import vn.vanggia.app.form.QuestionCard
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.FinishOutcome
import vn.vanggia.core.FinishedView
import vn.vanggia.core.FormSession
import vn.vanggia.core.PageMove
import vn.vanggia.core.PageView
import vn.vanggia.core.PlacedProblem
import vn.vanggia.core.PageUpdate
import vn.vanggia.core.QuestionView
import vn.vanggia.core.RepeatView
import vn.vanggia.core.ReviewView
import vn.vanggia.core.SetAsideRow

/** Opens a form that was started, resumed or carried over. */
fun openForm(host: MainActivity, answer: Answer<FormSession>, carriedOver: Boolean = false, stepOf: String? = null) = when (answer) {
    is Answer.Good -> host.push(FormScreen(host, answer.value, carriedOver, stepOf))
    is Answer.Failed -> host.showError(answer)
}

/** A form, page by page: draws what the core says and hands it the answers. */
class FormScreen(
    host: MainActivity,
    private val session: FormSession,
    /** It has just come to a newer version: what has no place there is told. */
    private var carriedOver: Boolean = false,
    /** The record of which it is a step: its page comes next, unless there is something to know before. */
    private val stepOf: String? = null,
) : Screen(host), PhotoDesk {
    private var page: PageView? = null
    private var atEnd = false
    private val cards = LinkedHashMap<String, QuestionCard>()

    override val title get() = page?.formTitle.orEmpty()
    override val actions get() = listOf(BarAction(R.drawable.ic_outline, R.string.form_outline, ::openOutline))

    private val progress = ProgressBar(host, null, android.R.attr.progressBarStyleHorizontal)
    private val above = TextView(host, null, 0, R.style.Section)
    private val heading = TextView(host, null, 0, R.style.Headline).apply { accessibilityHeading(this) }
    private val body = host.column()
    private val scroll: ScrollView = host.page { add(above); add(heading); add(body) }
    private val repeats = host.column()
    private val back = host.button(text(R.string.back), R.style.Button_Outline) { previous() }
    private val next = host.button(text(R.string.next)) { forward() }

    override fun create(): View = host.column {
        addView(progress, LinearLayout.LayoutParams(MATCH_PARENT, context.dp(6)))
        addView(scroll, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        val foot = LinearLayout(context).apply {
            setBackgroundColor(context.getColor(R.color.surface))
            elevation = context.dp(8).toFloat()
            setPadding(context.dp(12), context.dp(8), context.dp(12), context.dp(8))
            addView(back, LinearLayout.LayoutParams(0, WRAP_CONTENT, 2f).apply { marginEnd = context.dp(10) })
            addView(next, LinearLayout.LayoutParams(0, WRAP_CONTENT, 3f))
        }
        add(foot)
    }

    override fun shown() {
        if (page == null) ask({ session.page() }, ::draw)
        if (carriedOver) ask({ session.setAside() }, ::tellAside)
        carriedOver = false
    }

    override fun hidden() {
        flush()
    }

    override fun closed() = host.core.tell { session.close() }

    override fun back(): Boolean {
        if (!atEnd && page?.isFirst != false) return false.also { sayKept() }
        previous()
        return true
    }

    override fun up(): Boolean {
        sayKept()
        host.pop()
        return true
    }

    private fun sayKept() = Toast.makeText(host, R.string.form_leave_kept, Toast.LENGTH_SHORT).show()

    private fun tellAside(rows: List<SetAsideRow>) {
        if (rows.isEmpty()) return
        host.tell(rows.joinToString("\n\n", text(R.string.form_set_aside_told) + "\n\n", transform = ::aside))
    }

    /** Hands over what is still being typed; false if some of it is no answer yet. */
    private fun flush(): Boolean = cards.values.map { it.flush() }.all { it }

    // Drawing

    private fun draw(page: PageView) {
        this.page = page
        atEnd = false
        host.hideKeyboard()
        frame(page)
        cards.clear()
        body.removeAllViews()
        page.questions.forEach { put(it, cards.size) }
        body.add(repeats)
        draw(page.repeats)
        scroll.scrollTo(0, 0)
    }

    private fun draw(shown: List<RepeatView>) {
        repeats.removeAllViews()
        for (repeat in shown) {
            repeats.repeatList(host, repeat, open = { go(it) }, add = {
                if (flush()) ask({ session.addRepeat(repeat.path) }, ::draw)
            }, remove = { path ->
                if (flush()) ask({ session.removeRepeat(path) }, ::draw)
            })
        }
    }

    private fun frame(page: PageView) {
        above.text = page.breadcrumb.joinToString(" › ")
        above.visible(page.breadcrumb.isNotEmpty())
        heading.text = page.title
        heading.visible(page.title.isNotEmpty())
        progress.progress = if (atEnd) 100 else page.progress.toInt()
        back.isEnabled = atEnd || !page.isFirst
        next.setText(if (atEnd) R.string.form_finish else R.string.next)
        host.redrawBar()
    }

    private fun put(question: QuestionView, at: Int) {
        val path = question.path
        val card = QuestionCard(host, question, { answer(path, it) }, this)
        cards[path] = card
        body.addView(card, at, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = host.dp(10) })
    }

    /** Takes up what an answer changed, as `PageView::apply` in the core; nothing else is drawn again. */
    private fun apply(update: PageUpdate) {
        val before = page
        val byPath = (before?.questions.orEmpty() + update.page.questions).associateBy { it.path }
        val now = update.page.copy(questions = update.order.map(byPath::getValue))
        if (before?.index != now.index) return draw(now)
        page = now
        if (atEnd) return
        frame(now)
        (cards.keys - update.order.toSet()).forEach { gone -> body.removeView(cards.remove(gone)) }
        val changed = update.page.questions.mapTo(HashSet()) { it.path }
        now.questions.forEachIndexed { at, question ->
            val card = cards[question.path]
            if (card == null) return@forEachIndexed put(question, at)
            if (question.path in changed) card.show(question)
            if (body.indexOfChild(card) != at) {
                body.removeView(card)
                body.addView(card, at)
            }
        }
        if (before.repeats != now.repeats) draw(now.repeats)
    }

    /** The look back: what is missing, what will be written, what was answered; each line leads to its page. */
    private fun lookBack() {
        if (flush()) ask({ session.review() }, ::drawEnd)
    }

    private fun drawEnd(review: ReviewView) {
        val page = page ?: return
        atEnd = true
        host.hideKeyboard()
        cards.clear()
        body.removeAllViews()
        frame(page)
        above.visible(false)
        heading.setText(R.string.form_end_title)
        heading.visible(true)
        if (review.problems.isNotEmpty()) {
            body.section(text(R.string.form_incomplete, review.problems.size))
            review.problems.forEach { problem ->
                body.row(problem.label, alarm = problem.problem.text) { go(problem.page, listOf(problem)) }
            }
        }
        if (review.changes.isNotEmpty()) {
            body.section(text(R.string.form_review_changes))
            body.card { review.changes.forEach { text(it, gap = context.dp(4)) } }
        }
        body.card(R.drawable.card_note, host.dp(12)) { text(text(R.string.form_end_text)) }
        if (review.sections.isNotEmpty()) body.section(text(R.string.form_review_answers))
        review.sections.forEach { section ->
            body.row(section.title, section.rows.joinToString("\n") { "${it.label}: ${it.value}" }) { go(section.page) }
        }
        scroll.scrollTo(0, 0)
    }

    // Answering

    private fun answer(path: String, value: AnswerValue) = ask({ session.answer(path, value) }) { update ->
        apply(update)
        if (update.goesOn) forward()
    }

    override fun take(path: String, bytes: ByteArray) = ask({ session.takePhoto(path, bytes) }, { error ->
        host.showError(error)
        ask({ session.page() }, ::draw)
    }, ::apply)

    override fun preview(path: String, then: (Bitmap?) -> Unit) =
        ask({ session.photoPreview(path)?.let(::decode) }, { then(null) }, then)

    override fun picture(name: String, then: (Bitmap?) -> Unit) =
        ask({ session.formPicture(name)?.let(::decode) }, { then(null) }, then)

    // Moving

    private fun forward() {
        if (atEnd) return finish()
        if (!flush()) return
        ask({ session.next() }) { move ->
            when (move) {
                is PageMove.Moved -> draw(move.page)
                is PageMove.Blocked -> {
                    apply(move.update)
                    point(move.problems)
                }
                is PageMove.AtEnd -> lookBack()
            }
        }
    }

    private fun previous() {
        if (!flush()) return
        if (atEnd) ask({ session.page() }, ::draw) else ask({ session.back() }, ::draw)
    }

    private fun go(index: UInt, problems: List<PlacedProblem> = emptyList()) {
        if (!flush()) return
        ask({ session.goTo(index) }) {
            draw(it)
            point(problems)
        }
    }

    /** Brings the first question with a problem into sight. */
    private fun point(problems: List<PlacedProblem>) {
        val first = problems.firstNotNullOfOrNull { cards[it.path] } ?: return
        scroll.post { scroll.smoothScrollTo(0, body.top + first.top - host.dp(12)) }
    }

    private fun openOutline() {
        flush()
        host.push(OutlineScreen(host, session, title, { go(it) }, ::lookBack) {
            ask({ session.abandon() }) { host.pop() }
        })
    }

    private fun finish() {
        next.isEnabled = false
        ask({ session.finish() }, { error -> next.isEnabled = true; host.showError(error) }) { outcome ->
            next.isEnabled = true
            when (outcome) {
                is FinishOutcome.Finished -> finished(outcome.visit)
                is FinishOutcome.Incomplete -> outcome.problems.firstOrNull()?.let { first ->
                    Toast.makeText(host, text(R.string.form_incomplete, outcome.problems.size), Toast.LENGTH_LONG).show()
                    go(first.page, outcome.problems)
                }
            }
        }
    }

    private fun finished(visit: FinishedView) {
        if (stepOf == null || visit.advice.isNotEmpty()) return host.replace(FinishedScreen(host, visit))
        Toast.makeText(host, R.string.finished_kept, Toast.LENGTH_SHORT).show()
        host.leaveFor(pageOf(host, stepOf))
    }
}

/** What it was asked, what was answered, and why it has no place any more. */
internal fun aside(row: SetAsideRow) = "${row.label}: ${row.value}\n${row.text}"
