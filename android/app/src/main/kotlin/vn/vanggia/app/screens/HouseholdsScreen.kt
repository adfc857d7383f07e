package vn.vanggia.app.screens

import android.text.InputType
import android.view.View
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.widget.AbsListView
import android.widget.BaseAdapter
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ListView
import android.widget.TextView
import vn.vanggia.app.*
import vn.vanggia.core.HouseholdRow

/** All households of the worker's communes; each letter typed narrows them. */
class HouseholdsScreen(host: MainActivity) : Screen(host) {
    private var total = 0
    override val title get() = text(R.string.tab_households)
    override val subtitle get() = if (total > 0) total.toString() else ""
    override val tab get() = Tab.HOUSEHOLDS

    private val rows = ArrayList<HouseholdRow>()
    /** What [rows] answer to; an answer to an older query is dropped. */
    private var query = ""
    private var fetching = false

    private val search = EditText(host, null, 0, R.style.Field).apply {
        hint = text(R.string.households_search)
        inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
        setSingleLine()
        setCompoundDrawablesRelativeWithIntrinsicBounds(R.drawable.ic_search, 0, 0, 0)
        compoundDrawablePadding = context.dp(10)
        onText { find(it.trim()) }
    }
    private val none = TextView(host, null, 0, R.style.Body).apply {
        setText(R.string.households_none)
        setPadding(context.dp(16), context.dp(24), context.dp(16), 0)
        visible(false)
    }
    private val adapter = object : BaseAdapter() {
        override fun getCount() = rows.size
        override fun getItem(position: Int) = rows[position]
        override fun getItemId(position: Int) = position.toLong()
        override fun getView(position: Int, old: View?, parent: ViewGroup): View {
            val view = old as? RowView ?: host.rowView()
            val row = rows[position]
            val about = listOf(row.place, row.lastVisit).filter { it.isNotEmpty() }.joinToString("\n")
            val open = if (row.hasOpenCase) "\n" + text(R.string.case_open_label) else ""
            view.fill(row.name, about + open, "", R.drawable.ic_home, true)
            view.isFocusable = false
            return view
        }
    }
    private val list = ListView(host).apply {
        divider = null
        dividerHeight = context.dp(8)
        clipToPadding = false
        setPadding(context.dp(12), context.dp(4), context.dp(12), context.dp(16))
        adapter = this@HouseholdsScreen.adapter
        setOnItemClickListener { _, _, position, _ -> host.push(HouseholdScreen(host, rows[position].id)) }
        setOnScrollListener(object : AbsListView.OnScrollListener {
            override fun onScroll(view: AbsListView, first: Int, shown: Int, all: Int) {
                if (first + shown >= rows.size - PAGE / 4 && rows.size < total) fetch()
            }

            override fun onScrollStateChanged(view: AbsListView, state: Int) = Unit
        })
    }

    override fun create(): View = host.column {
        val around = context.column { setPadding(context.dp(12), context.dp(12), context.dp(12), context.dp(8)); add(search) }
        add(around)
        add(none)
        addView(list, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
    }

    override fun shown() = find(query)

    private fun find(words: String) {
        query = words
        ask({ it.households().list(words, 0u, PAGE.toUInt()) }) { page ->
            if (words != query) return@ask
            rows.clear()
            take(page.rows, page.total.toInt())
        }
    }

    private fun fetch() {
        if (fetching) return
        fetching = true
        val words = query
        val from = rows.size
        ask({ it.households().list(words, from.toUInt(), PAGE.toUInt()) }, { fetching = false }) { page ->
            fetching = false
            if (words == query && from == rows.size) take(page.rows, page.total.toInt())
        }
    }

    private fun take(more: List<HouseholdRow>, all: Int) {
        rows.addAll(more)
        total = all
        adapter.notifyDataSetChanged()
        none.visible(rows.isEmpty())
        host.redrawBar()
    }

    private companion object {
        const val PAGE = 60
    }
}
