package vn.vanggia.app.screens

import android.view.View
import android.widget.ImageView
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.ConflictView
import vn.vanggia.core.PaperRow
import vn.vanggia.core.PhotoRow
import vn.vanggia.core.RecordBadge
import vn.vanggia.core.RecordBadgeKind
import vn.vanggia.core.RecordRow
import vn.vanggia.core.RecordSection
import vn.vanggia.core.RecordView
import vn.vanggia.core.SubmissionView

/** The page of any record, as the core says it; of a finished form also what was answered. */
class RecordScreen(host: MainActivity, override val record: String) : Screen(host) {
    private var kind = ""
    private var papers = emptyList<PaperRow>()
    override val title get() = kind

    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this }

    override fun shown() = ask({ it.records().view(record) to it.records().papers(record) }) { (page, papers) ->
        this.papers = papers
        draw(page)
    }

    private fun draw(page: RecordView) {
        kind = page.kind
        host.redrawBar()
        val steps = Steps(host, record, page.undecided, ::shown)
        column.removeAllViews()
        with(column) {
            page.alarm?.let { alarm(host, it, steps) }
            page.above.forEach { above -> button(above.title, R.style.Button_Outline, R.drawable.ic_home) { openRecord(host, above.reference) } }
            text(page.title, R.style.Headline, context.dp(4))
            val (mild, alarms) = page.badges.partition { it.kind == RecordBadgeKind.STATE }
            if (mild.isNotEmpty()) text(said(mild), R.style.Strong)
            if (alarms.isNotEmpty()) text(said(alarms), R.style.Problem)
            undecided(page.undecided)
            steps(host, page.steps, steps)
            page.actions.forEach { action -> button(action.label, icon = R.drawable.ic_add, gap = context.dp(14)) { startForm(host, action.form, record) } }
            conflicts(page.conflicts)
            if (page.clocks.isNotEmpty()) {
                section(text(R.string.case_tasks))
                page.clocks.forEach { clock -> taskRow(clock) { showLaw(host, clock.ground) } }
            }
            timeline(page.timeline)
            page.approved?.let { approved(host, it) }
            page.photo?.let { add(picture(it), context.dp(12)) }
            if (page.facts.isNotEmpty()) card(gap = context.dp(14)) { page.facts.forEach { fact(host, it) } }
            if (page.isSubmission) answers(context.column().also { add(it) })
            sections(host, page.sections)
            paperButtons(papers, ::printPaper)
            if (page.history.isNotEmpty()) {
                section(text(R.string.record_history))
                card { page.history.forEach { fact("${it.by} · ${it.at}", it.fields) } }
            }
        }
    }

    private fun printPaper(paper: PaperRow) = ask({ it.records().paper(record, paper.id) }) { host.print(it) }

    private fun said(badges: List<RecordBadge>) = badges.joinToString(" · ") { it.text }

    /** Each field with all that is said of it: a touch decides. */
    private fun LinearLayout.conflicts(conflicts: List<ConflictView>) {
        if (conflicts.isEmpty()) return
        section(text(R.string.household_conflicts))
        conflicts.forEach { conflict ->
            card(R.drawable.card_warn) {
                text(conflict.label, R.style.Strong)
                conflict.values.forEach { value ->
                    text("${value.by} · ${value.at}", R.style.Soft, context.dp(10))
                    button(text(R.string.record_settle, value.text), R.style.Button_Outline, gap = context.dp(4)) {
                        ask({ it.records().settle(record, conflict.field, value.change) }) { draw(it) }
                    }
                }
            }
        }
    }

    private fun picture(photo: PhotoRow) = ImageView(host).apply {
        adjustViewBounds = true
        contentDescription = photo.caption.ifEmpty { photo.taken }
        if (!photo.here) return@apply
        setOnClickListener { host.push(PhotoScreen(host, photo.reference, contentDescription.toString())) }
        this@RecordScreen.ask({ decode(it.records().thumbnail(photo.reference)) }, { }) { setImageBitmap(it) }
    }

    private fun answers(into: LinearLayout) = ask({ it.records().submission(record) }) { submission: SubmissionView ->
        with(into) {
            if (submission.formMissing) text(text(R.string.record_form_missing), R.style.Soft, context.dp(12))
            submission.answers.forEach { group ->
                if (group.title.isNotEmpty()) section(group.title)
                card { group.answers.forEach { fact(it.label, it.value) } }
            }
        }
    }
}

/** The page of a record: households and cases have one of their own. */
fun pageOf(host: MainActivity, record: String): Screen {
    val (kind, id) = record.split(":", limit = 2)
    return when (kind) {
        "household" -> HouseholdScreen(host, id)
        "case" -> CaseScreen(host, id)
        else -> RecordScreen(host, record)
    }
}

fun openRecord(host: MainActivity, record: String) = host.push(pageOf(host, record))

/** What phones disagree about in these records; it is decided on the page of each. */
internal fun LinearLayout.conflicts(host: MainActivity, conflicts: List<ConflictView>) {
    if (conflicts.isEmpty()) return
    section(context.getString(R.string.household_conflicts))
    conflicts.groupBy { it.reference }.forEach { (record, of) ->
        row(context.getString(R.string.record_decide), alarm = of.joinToString("\n") { it.text }) { host.push(RecordScreen(host, record)) }
    }
}

/** What lies in a record, kind by kind; the first [most] of each, the others behind a touch. */
internal fun LinearLayout.sections(host: MainActivity, sections: List<RecordSection>, most: Int = Int.MAX_VALUE): Unit = sections.forEach { section ->
    section(context.getString(R.string.record_section, section.title, section.total.toInt()))
    section.rows.take(most).forEach { recordRow(host, it) }
    if (section.rows.size > most) {
        lateinit var more: View
        more = button(context.getString(R.string.record_more, section.rows.size - most), R.style.Button_Outline) {
            val at = indexOfChild(more)
            removeView(more)
            val rest = context.column { section.rows.drop(most).forEach { recordRow(host, it) } }
            addView(rest, at, LinearLayout.LayoutParams(LinearLayout.LayoutParams.MATCH_PARENT, LinearLayout.LayoutParams.WRAP_CONTENT))
        }
    } else if (section.total.toInt() > section.rows.size) {
        text(context.getString(R.string.record_older, section.total.toInt() - section.rows.size), R.style.Soft, context.dp(4))
    }
}

private fun LinearLayout.recordRow(host: MainActivity, row: RecordRow) {
    val (mild, alarms) = row.badges.partition { it.kind == RecordBadgeKind.STATE }
    val about = (mild.map { it.text } + row.line).filter { it.isNotEmpty() }.joinToString(" · ")
    row(row.title, about, alarms.joinToString(" · ") { it.text }) { openRecord(host, row.reference) }
}
