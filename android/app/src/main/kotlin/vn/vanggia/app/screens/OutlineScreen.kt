package vn.vanggia.app.screens

import android.view.View
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.FormSession
import vn.vanggia.core.RepeatView

/** The form's table of contents: where one is, where something is wrong, and the way out. */
class OutlineScreen(
    host: MainActivity,
    private val session: FormSession,
    private val formTitle: String,
    private val go: (UInt) -> Unit,
    private val lookBack: () -> Unit,
    private val abandon: () -> Unit,
) : Screen(host) {
    override val title get() = text(R.string.form_outline)
    override val subtitle get() = formTitle

    private lateinit var column: LinearLayout

    override fun create(): View = host.page { column = this }

    override fun shown() = ask({ session.outline() to session.setAside() }) { (rows, aside) ->
        column.removeAllViews()
        rows.forEach { row ->
            val line = column.row(
                row.title,
                alarm = if (row.hasProblem) text(R.string.form_required) else "",
                icon = if (row.isCurrent) R.drawable.ic_place else 0,
            ) {
                host.pop()
                go(row.index)
            }
            line.layoutParams = (line.layoutParams as LinearLayout.LayoutParams).apply {
                marginStart = host.dp(16 * row.depth.toInt())
                topMargin = host.dp(6)
            }
        }
        column.button(text(R.string.form_review), R.style.Button_Outline, gap = host.dp(14)) {
            host.pop()
            lookBack()
        }
        if (aside.isNotEmpty()) {
            column.section(text(R.string.form_set_aside))
            column.card(R.drawable.card_warn) { aside.forEach { text(aside(it), gap = context.dp(4)) } }
        }
        column.button(text(R.string.form_abandon), R.style.Button_Danger, R.drawable.ic_remove, host.dp(28)) {
            host.confirm(text(R.string.form_abandon_ask), R.string.form_abandon) {
                host.pop()
                abandon()
            }
        }
    }
}

/** The page of a repeat: what there is, one more, one less. */
internal fun LinearLayout.repeatList(
    host: MainActivity, repeat: RepeatView, open: (UInt) -> Unit, add: () -> Unit, remove: (String) -> Unit,
) {
    if (repeat.instances.isEmpty()) card { text(host.getString(R.string.repeat_none), R.style.Soft) }
    repeat.instances.forEachIndexed { n, instance ->
        val line = LinearLayout(host).apply { gravity = android.view.Gravity.CENTER_VERTICAL }
        val row = host.rowView().apply {
            // In a field list its questions are on this page.
            val leads = instance.firstPage != UInt.MAX_VALUE
            fill("${n + 1}. ${instance.title}", "", "", 0, leads)
            if (leads) setOnClickListener { open(instance.firstPage) }
        }
        line.addView(row, LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 1f))
        if (repeat.canRemove) line.addView(removeButton(host, instance.title) { remove(instance.path) })
        add(line, host.dp(8))
    }
    if (repeat.canAdd) {
        button("${host.getString(R.string.repeat_add)}: ${repeat.title}", R.style.Button_Outline, R.drawable.ic_add, host.dp(14), add)
    }
    text(host.getString(R.string.repeat_next_help), R.style.Soft, host.dp(14))
}

private fun removeButton(host: MainActivity, title: String, run: () -> Unit) = android.widget.ImageButton(host).apply {
    setImageResource(R.drawable.ic_remove)
    setColorFilter(host.getColor(R.color.danger))
    background = host.themeDrawable(android.R.attr.selectableItemBackgroundBorderless)
    contentDescription = "${host.getString(R.string.remove)}: $title"
    layoutParams = LinearLayout.LayoutParams(host.dimen(R.dimen.touch), host.dimen(R.dimen.touch))
    setOnClickListener { host.confirm(host.getString(R.string.repeat_remove_ask, title), R.string.remove, run) }
}
