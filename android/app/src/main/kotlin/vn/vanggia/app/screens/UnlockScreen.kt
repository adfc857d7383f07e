package vn.vanggia.app.screens

import android.os.Handler
import android.os.Looper
import android.view.Gravity
import android.view.View
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.TextView
import vn.vanggia.app.*

class UnlockScreen(host: MainActivity) : Screen(host) {
    override val title get() = text(R.string.app_name)
    override val bar get() = false
    override val beforePin get() = true

    private val main = Handler(Looper.getMainLooper())
    private val message = TextView(host, null, 0, R.style.Body).apply {
        text = text(R.string.pin_enter)
        gravity = Gravity.CENTER
        minLines = 2
        accessibilityLiveRegion = View.ACCESSIBILITY_LIVE_REGION_POLITE
    }
    private val name = TextView(host, null, 0, R.style.Strong).apply { gravity = Gravity.CENTER }
    private val pad = PinPad(host, ::unlock)

    override fun create(): View = host.page {
        gravity = Gravity.CENTER
        addView(
            ImageView(context).apply {
                setImageResource(R.drawable.launcher_mark)
                setBackgroundResource(R.drawable.button_primary)
            },
            LinearLayout.LayoutParams(context.dp(56), context.dp(56)),
        )
        text(text(R.string.app_name), R.style.Headline, context.dp(8)).gravity = Gravity.CENTER
        add(name, context.dp(4))
        add(message, context.dp(4))
        add(pad, context.dp(4))
        add(
            LinearLayout(context).apply {
                link(R.string.pin_forgotten) { RecoverScreen(host) }
                link(R.string.workers_other) { WorkersScreen(host) }
            },
            context.dp(8),
        )
    }

    private fun LinearLayout.link(label: Int, screen: () -> Screen) = addView(
        context.button(text(label), R.style.Button_Link) { host.push(screen()) },
        LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 1f),
    )

    override fun shown() = ask({ it.access().workers() }, { say(it.text ?: text(R.string.bug), R.color.danger) }) { workers ->
        name.text = workers.singleOrNull { it.isChosen && workers.size > 1 }?.name
        name.visible(name.text.isNotEmpty())
    }

    private fun unlock(pin: String) {
        pad.isEnabled = false
        say(text(R.string.pin_checking), R.color.text)
        ask({ it.access().unlock(pin) }, ::refused) { host.enter(TodayScreen(host)) }
    }

    private fun refused(error: Answer.Failed) {
        if (error.code == "store.damaged" || error.opensNoMore) host.showError(error)
        say(error.text ?: text(R.string.bug), R.color.danger)
        if (error.waitSeconds > 0) wait(error.waitSeconds, error.text.orEmpty()) else pad.isEnabled = true
    }

    private fun wait(seconds: Int, why: String) {
        if (!host.holds(this)) return
        if (seconds == 0) {
            pad.isEnabled = true
            return say(why, R.color.danger)
        }
        say(text(R.string.pin_wait, seconds), R.color.danger)
        main.postDelayed({ wait(seconds - 1, why) }, 1000)
    }

    private fun say(words: String, color: Int) {
        message.text = words
        message.setTextColor(host.getColor(color))
    }
}
