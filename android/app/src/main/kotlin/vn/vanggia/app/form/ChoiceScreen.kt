package vn.vanggia.app.form

import android.text.InputType
import android.view.View
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.widget.BaseAdapter
import android.widget.CheckedTextView
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ListView
import android.widget.TextView
import vn.vanggia.app.*
import vn.vanggia.core.ChoiceView
import vn.vanggia.core.findLabels

/** A long list of choices, narrowed by typing without tone marks. */
class ChoiceScreen(
    host: MainActivity,
    override val title: String,
    private val choices: List<ChoiceView>,
    private val several: Boolean,
    private val done: (List<String>) -> Unit,
) : Screen(host) {
    private val labels = choices.map { it.label }
    /** What [found] answers to; an answer to an older query is dropped. */
    private var typed = ""
    private val chosen = choices.filter { it.chosen }.mapTo(LinkedHashSet()) { it.value }
    private var found: List<ChoiceView> = choices

    private val search = EditText(host, null, 0, R.style.Field).apply {
        hint = text(R.string.form_choice_search)
        inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
        setSingleLine()
        setCompoundDrawablesRelativeWithIntrinsicBounds(R.drawable.ic_search, 0, 0, 0)
        compoundDrawablePadding = context.dp(10)
        onText(::find)
    }
    private val none = TextView(host, null, 0, R.style.Body).apply {
        setText(R.string.form_choice_none)
        setPadding(context.dp(16), context.dp(24), context.dp(16), 0)
        visible(false)
    }
    private val adapter = object : BaseAdapter() {
        override fun getCount() = found.size
        override fun getItem(position: Int) = found[position]
        override fun getItemId(position: Int) = position.toLong()
        override fun getView(position: Int, old: View?, parent: ViewGroup): View {
            val view = old as? CheckedTextView ?: CheckedTextView(host, null, 0, R.style.Body).apply {
                textSize = 17f
                minHeight = context.dimen(R.dimen.touch)
                gravity = android.view.Gravity.CENTER_VERTICAL
                setPadding(context.dp(16), context.dp(10), context.dp(16), context.dp(10))
                setBackgroundColor(context.getColor(R.color.surface))
            }
            val choice = found[position]
            view.text = styled(choice.label, choice.styled)
            view.isChecked = choice.value in chosen
            if (view.isChecked) view.setCheckMarkDrawable(R.drawable.ic_check) else view.checkMarkDrawable = null
            return view
        }
    }

    override fun create(): View = host.column {
        val around = context.column { setPadding(context.dp(12), context.dp(12), context.dp(12), context.dp(8)); add(search) }
        add(around)
        add(none)
        val list = ListView(context).apply {
            adapter = this@ChoiceScreen.adapter
            divider = android.graphics.drawable.ColorDrawable(context.getColor(R.color.line))
            dividerHeight = 1
            setOnItemClickListener { _, _, position, _ -> chose(found[position]) }
        }
        addView(list, LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        val at = choices.indexOfFirst { it.chosen }
        if (at > 0) list.setSelection(at)
        if (several) {
            val foot = context.column { setPadding(context.dp(12), 0, context.dp(12), context.dp(12)); button(text(R.string.done)) { finish() } }
            add(foot)
        }
    }

    private fun find(words: String) {
        typed = words
        ask({ findLabels(labels, words) }) { places ->
            if (words != typed) return@ask
            found = places.map { choices[it.toInt()] }
            none.visible(found.isEmpty())
            adapter.notifyDataSetChanged()
        }
    }

    private fun chose(choice: ChoiceView) {
        if (several) {
            if (!chosen.remove(choice.value)) chosen.add(choice.value)
            adapter.notifyDataSetChanged()
        } else {
            chosen.clear()
            chosen.add(choice.value)
            finish()
        }
    }

    private fun finish() {
        host.pop()
        done(choices.map { it.value }.filter { it in chosen })
    }
}
