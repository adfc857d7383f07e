package vn.vanggia.app

import android.content.Context
import android.view.Gravity
import android.view.View
import android.widget.ImageButton
import android.widget.LinearLayout

/** Big keys for a PIN. The digits are shown as dots and kept nowhere else. */
class PinPad(context: Context, private val done: (String) -> Unit) : LinearLayout(context) {
    private val typed = StringBuilder()
    private val dots = LinearLayout(context).apply {
        gravity = Gravity.CENTER
        minimumHeight = context.dp(32)
    }
    private val ok = ImageButton(context).apply {
        setImageResource(R.drawable.ic_check)
        setBackgroundResource(R.drawable.button_primary)
        imageTintList = context.getColorStateList(R.color.on_button)
        contentDescription = context.getString(R.string.pin_ok)
        setOnClickListener { finish() }
    }
    private val keys = ArrayList<View>()

    init {
        orientation = VERTICAL
        gravity = Gravity.CENTER_HORIZONTAL
        add(dots)
        for (line in listOf("123", "456", "789", "<0>")) {
            val row = LinearLayout(context)
            for (key in line) row.addView(key(key), LayoutParams(context.dp(88), context.dp(56)).apply {
                setMargins(context.dp(5), context.dp(5), context.dp(5), context.dp(5))
            })
            addView(row, LayoutParams(LayoutParams.WRAP_CONTENT, LayoutParams.WRAP_CONTENT).apply {
                gravity = Gravity.CENTER_HORIZONTAL
            })
        }
        draw()
    }

    private fun key(key: Char): View = when (key) {
        '>' -> ok
        '<' -> ImageButton(context).apply {
            setImageResource(R.drawable.ic_erase)
            setBackgroundResource(R.drawable.button_outline)
            contentDescription = context.getString(R.string.pin_erase)
            setOnClickListener { if (typed.isNotEmpty()) typed.setLength(typed.length - 1); draw() }
            setOnLongClickListener { clear(); true }
        }
        else -> context.button(key.toString(), R.style.Button_Key) {
            if (typed.length < LONGEST) typed.append(key)
            draw()
        }
    }.also { keys.add(it) }

    override fun setEnabled(enabled: Boolean) {
        super.setEnabled(enabled)
        keys.forEach { it.isEnabled = enabled; it.alpha = if (enabled) 1f else 0.5f }
        draw()
    }

    fun clear() {
        typed.setLength(0)
        draw()
    }

    private fun finish() {
        val pin = typed.toString()
        clear()
        done(pin)
    }

    private fun draw() {
        dots.removeAllViews()
        repeat(maxOf(typed.length, SHORTEST)) { n ->
            dots.addView(
                View(context).apply { setBackgroundResource(if (n < typed.length) R.drawable.dot_full else R.drawable.dot_empty) },
                LayoutParams(context.dp(14), context.dp(14)).apply { setMargins(context.dp(5), 0, context.dp(5), 0) },
            )
        }
        ok.isEnabled = isEnabled && typed.length >= SHORTEST
    }

    private companion object {
        const val SHORTEST = 6
        const val LONGEST = 16
    }
}
