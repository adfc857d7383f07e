package vn.vanggia.app.screens

import android.app.AlertDialog
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.AlarmView
import vn.vanggia.core.ApprovedView
import vn.vanggia.core.BranchRow
import vn.vanggia.core.StepRow
import vn.vanggia.core.TimelineKind
import vn.vanggia.core.TimelineRow

/** Takes steps of a record for a screen, which draws itself again after one. */
internal class Steps(private val host: MainActivity, private val record: String, private val undecided: List<BranchRow>, private val taken: () -> Unit) {
    /** Asks first what the step asks for; what is filled in for it opens. */
    fun take(step: StepRow) {
        if (!step.settles) return why(step, null)
        // A list of what is due doesn't say which steps stand beside each other: the record's page does.
        if (undecided.isEmpty()) return openRecord(host, record)
        val lines = undecided.map { "${it.label}\n${it.by} · ${it.at}" }.toTypedArray()
        host.secure(
            AlertDialog.Builder(host).setTitle(R.string.step_which)
                .setItems(lines) { _, at -> why(step, undecided[at].step) }
                .setNegativeButton(R.string.cancel, null)
        )
    }

    private fun why(step: StepRow, chosen: String?) {
        if (!step.asksWhy) return go(step, "", chosen)
        val question = host.getString(if (step.late) R.string.step_why_late else R.string.step_why, step.label)
        host.askText(question, R.string.step_confirm) { go(step, it, chosen) }
    }

    private fun go(step: StepRow, reason: String, chosen: String?) {
        if (step.form != null) {
            return host.core.ask({ it.forms().startStep(record, step.action, reason) }) { openForm(host, it, stepOf = record) }
        }
        host.core.ask({ it.records().act(record, step.action, reason, chosen) }) { answer ->
            if (host.isDestroyed) return@ask
            when (answer) {
                is Answer.Good -> taken()
                is Answer.Failed -> host.showError(answer)
            }
        }
    }
}

/** What the worker may do next; what must be done before stands under a step that can't be taken yet. */
internal fun LinearLayout.steps(host: MainActivity, rows: List<StepRow>, steps: Steps) {
    if (rows.isEmpty()) return
    section(context.getString(R.string.steps))
    rows.forEach { row ->
        stepButton(row, R.style.Button_Primary, steps)
        ground(host, row.ground)
    }
}

internal fun LinearLayout.stepButton(row: StepRow, style: Int, steps: Steps, gap: Int = context.dp(8)) {
    val icon = if (row.form != null) R.drawable.ic_outline else R.drawable.ic_check
    button(row.label, style, icon, gap) { steps.take(row) }.isEnabled = row.unmet.isEmpty()
    row.unmet.forEach { text(it, R.style.Waits, context.dp(4)) }
    if (row.late) text(context.getString(R.string.step_late), R.style.Problem, context.dp(4))
}

/** Steps that different people took from the same place. */
internal fun LinearLayout.undecided(rows: List<BranchRow>) {
    if (rows.isEmpty()) return
    card(R.drawable.card_warn, context.dp(12)) {
        text(context.getString(R.string.undecided), R.style.Strong).also(::accessibilityHeading)
        rows.forEach { fact("${it.by} · ${it.at}", it.label) }
        text(context.getString(R.string.undecided_help), R.style.Soft, context.dp(10))
    }
}

/** An emergency that nobody has taken on; [open]: where its record is found, if this isn't its page. */
internal fun LinearLayout.alarm(host: MainActivity, alarm: AlarmView, steps: Steps, open: (() -> Unit)? = null) {
    card(R.drawable.card_danger, context.dp(4)) {
        text(alarm.text, R.style.Alarm).also(::accessibilityHeading)
        if (open == null) text(alarm.title, R.style.Strong, context.dp(6)) else row(alarm.title, icon = R.drawable.ic_shield, run = open)
        if (alarm.duty.isNotEmpty()) text(alarm.duty, R.style.Strong, context.dp(8))
        alarm.step?.let { stepButton(it, R.style.Button_Primary, steps) }
        alarm.calls.forEach { call ->
            button(context.getString(R.string.call, call.number, call.name), R.style.Button_Outline, R.drawable.ic_phone) { dial(host, call.number) }
        }
        ground(host, alarm.ground)
    }
}

/** Opens the phone's own dial pad with the number. */
private fun dial(host: MainActivity, number: String) = try {
    host.startActivity(Intent(Intent.ACTION_DIAL, Uri.parse("tel:$number")))
} catch (e: ActivityNotFoundException) {
    host.tell(host.getString(R.string.call_elsewhere, number))
}

/** What was done and what is due, the latest last; the earlier of it behind a touch. */
internal fun LinearLayout.timeline(rows: List<TimelineRow>) {
    if (rows.isEmpty()) return
    section(context.getString(R.string.timeline))
    val earlier = rows.size - MOST_LINES
    card {
        if (earlier > 0) {
            button(context.getString(R.string.timeline_earlier, earlier), R.style.Button_Outline, gap = 0) {
                removeAllViews()
                rows.forEach { line(it) }
            }
        }
        rows.takeLast(MOST_LINES).forEach { line(it) }
    }
}

private const val MOST_LINES = 6

/** The words say what it is; the style makes what must not be missed stand out. */
private fun LinearLayout.line(row: TimelineRow) {
    val style = when (row.kind) {
        TimelineKind.STEP -> R.style.Strong
        TimelineKind.MET -> R.style.Body
        TimelineKind.VOID -> R.style.Soft
        TimelineKind.DUE -> R.style.Waits
        TimelineKind.NO_EFFECT, TimelineKind.LATE, TimelineKind.OVERDUE -> R.style.Problem
    }
    text(listOf(row.at, row.by).filter { it.isNotEmpty() }.joinToString(" · "), R.style.Soft, if (childCount == 0) 0 else context.dp(10))
    text(row.text, style)
}

/** What was approved, as it was then. */
internal fun LinearLayout.approved(host: MainActivity, approved: ApprovedView) {
    section(approved.text)
    card(R.drawable.card_note) {
        if (approved.revised.isNotEmpty()) text(approved.revised, R.style.Problem)
        approved.groups.forEach { group ->
            if (group.title.isNotEmpty()) text(group.title, R.style.Strong, if (childCount == 0) 0 else context.dp(14))
            group.answers.forEach { fact(host, it) }
        }
    }
}
