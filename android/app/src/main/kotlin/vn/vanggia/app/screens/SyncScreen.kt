package vn.vanggia.app.screens

import android.view.View
import android.view.ViewGroup
import android.widget.LinearLayout
import android.widget.ProgressBar
import android.widget.TextView
import vn.vanggia.app.*
import vn.vanggia.core.HeldBackRow
import vn.vanggia.core.PackStanding
import vn.vanggia.core.SyncState
import vn.vanggia.core.SyncSummary

class SyncScreen(host: MainActivity, private var startAtOnce: Boolean = false) : Screen(host) {
    override val title get() = text(R.string.tab_sync)
    override val tab get() = Tab.SYNC

    private val sync get() = host.app.sync
    private lateinit var column: LinearLayout
    private var state: SyncState? = null

    private val progress = ProgressBar(host, null, android.R.attr.progressBarStyleHorizontal).apply { max = 1000 }
    private val step = TextView(host, null, 0, R.style.Strong)
    private var wasRunning = false

    override fun create(): View = host.page { column = this }

    override fun shown() {
        sync.onChange = ::changed
        if (startAtOnce) {
            startAtOnce = false
            sync.start()
        }
        fetch()
    }

    override fun hidden() {
        sync.onChange = {}
    }

    private fun fetch() = ask({ it.syncing().state() }) {
        state = it
        draw()
    }

    private fun changed() {
        if (wasRunning != sync.running) {
            draw()
            if (!sync.running) fetch()
        } else {
            drawProgress()
        }
    }

    private fun draw() {
        wasRunning = sync.running
        column.removeAllViews()
        with(column) {
            state?.let { enrolAgain(host, it) }
            if (sync.running) running() else idle()
            state?.let { waiting(it) }
            text(text(R.string.sync_safe), R.style.Soft, context.dp(20))
        }
        drawProgress()
    }

    private fun LinearLayout.running() = card {
        listOf(step, progress).forEach { (it.parent as? ViewGroup)?.removeView(it) }
        add(step)
        add(progress, context.dp(10))
        button(text(R.string.sync_stop), R.style.Button_Outline, gap = context.dp(10)) { sync.stop() }
    }

    private fun LinearLayout.idle() {
        sync.failure?.let { card(R.drawable.card_danger) { text(it.text ?: text(R.string.bug)) } }
        // What stands above already says more of it.
        sync.summary?.takeIf { it.code != state?.enrolAgain?.code }?.let { result(it) }
        val style = if (state?.enrolAgain == null) R.style.Button_Primary else R.style.Button_Outline
        button(text(R.string.sync_start), style, R.drawable.ic_sync, context.dp(12)) { sync.start() }
    }

    private fun LinearLayout.result(summary: SyncSummary) = card(if (summary.code == "ok") R.drawable.card_note else R.drawable.card_danger) {
        text(text(R.string.sync_result), R.style.Section)
        text(summary.text, R.style.Strong, context.dp(4))
        if (summary.formsReceived > 0u) text("${text(R.string.sync_forms)}: ${summary.formsReceived}", R.style.Body, context.dp(2))
    }

    private fun LinearLayout.waiting(state: SyncState) {
        section(text(R.string.sync_waiting))
        card {
            text("${text(R.string.sync_changes)}: ${state.changesWaiting}")
            text("${text(R.string.sync_photos)}: ${state.photosWaiting}", gap = context.dp(2))
            text(state.last, R.style.Soft, context.dp(8))
        }
        state.notices.forEach { card(R.drawable.card_warn) { text(it.text) } }
        heldBack(state.heldBack)
        // Those that stay aside are told above.
        val packs = state.packs.filter { it.standing != PackStanding.ASIDE }
        if (packs.isEmpty()) return
        section(text(R.string.sync_packs))
        card { packs.forEach { text(it.text, gap = context.dp(2)) } }
    }

    private fun drawProgress() {
        val now = sync.progress
        step.text = when {
            sync.stopping -> text(R.string.sync_stopping)
            else -> now?.text ?: text(R.string.working)
        }
        val total = now?.total ?: 0u
        progress.isIndeterminate = total == 0uL
        if (total > 0u) progress.progress = ((now?.done ?: 0u) * 1000u / total).toInt()
    }
}

/** What the office has not taken up: what was not allowed and is undone, apart from what only waits. */
internal fun LinearLayout.heldBack(rows: List<HeldBackRow>) {
    val (denied, waiting) = rows.partition { it.code.startsWith("permission.") }
    held(R.string.sync_denied, denied, R.drawable.card_danger, R.style.Denied)
    held(R.string.sync_held, waiting, R.drawable.card_warn, R.style.Waits)
}

private fun LinearLayout.held(heading: Int, rows: List<HeldBackRow>, ground: Int, style: Int) {
    if (rows.isEmpty()) return
    section(context.getString(heading))
    rows.forEach { card(ground) { text(it.text, style) } }
}
