package vn.vanggia.app.form

import android.Manifest
import android.location.Location
import android.view.View
import android.widget.Button
import android.widget.TextView
import vn.vanggia.app.*
import vn.vanggia.app.device.Locator
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.QuestionView
import kotlin.math.roundToInt

/** Where the house stands, from the phone's own receiver; works without a network. */
class LocationInput(private val asked: Asked) : Input {
    private val locator = Locator(asked.host)
    private var best: Location? = null

    private val words = TextView(asked.host, null, 0, R.style.Strong)
    private val take: Button = asked.host.button("", R.style.Button_Outline, R.drawable.ic_place, ::look)
    private val use = asked.host.button(asked.host.getString(R.string.location_use)) { best?.let(::give) }
    private val drop = asked.host.button(asked.host.getString(R.string.form_clear), R.style.Button_Danger) {
        asked.answer(AnswerValue.Empty)
    }
    override val view: View = asked.host.column {
        add(words)
        add(take, context.dp(8))
        add(use, context.dp(8))
        add(drop, context.dp(8))
        use.visible(false)
        // Nobody waits for a position on a page that is gone.
        addOnAttachStateChangeListener(object : View.OnAttachStateChangeListener {
            override fun onViewAttachedToWindow(view: View) = Unit
            override fun onViewDetachedFromWindow(view: View) = locator.stop()
        })
    }

    override fun show(question: QuestionView) {
        val given = question.value is AnswerValue.Location
        words.text = question.shown
        words.visible(given)
        take.setText(if (given) R.string.location_again else R.string.location_take)
        take.visible(true)
        drop.visible(given && !question.required)
        use.visible(false)
    }

    private fun look() = asked.host.withPermission(Manifest.permission.ACCESS_FINE_LOCATION) { allowed ->
        if (!allowed) return@withPermission asked.complain(asked.host.getString(R.string.location_denied))
        asked.complain(null)
        best = null
        take.visible(false)
        say(asked.host.getString(R.string.location_looking))
        val started = locator.start(
            found = { location ->
                best = location
                say(asked.host.getString(R.string.location_accuracy, location.accuracy.roundToInt()))
                use.visible(true)
                if (location.accuracy <= GOOD) give(location)
            },
            late = ::late,
        )
        if (!started) late()
    }

    private fun late() {
        locator.stop()
        take.visible(true)
        if (best == null) {
            words.visible(false)
            asked.complain(asked.host.getString(R.string.location_failed))
        }
    }

    private fun say(what: String) {
        words.text = what
        words.visible(true)
    }

    private fun give(location: Location) {
        locator.stop()
        asked.answer(
            AnswerValue.Location(location.latitude, location.longitude, location.altitude, location.accuracy.toDouble())
        )
    }

    private companion object {
        /** Metres; good enough to find a house by. */
        const val GOOD = 10f
    }
}
