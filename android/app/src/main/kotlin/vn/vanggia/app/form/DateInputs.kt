package vn.vanggia.app.form

import android.app.DatePickerDialog
import android.app.TimePickerDialog
import android.text.InputType
import android.view.Gravity
import android.view.View
import android.widget.EditText
import android.widget.ImageButton
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.QuestionView
import vn.vanggia.core.utcOffsetSeconds
import java.time.DateTimeException
import java.time.LocalDate
import java.time.LocalTime
import java.time.OffsetDateTime
import java.time.ZoneOffset
import java.time.format.DateTimeFormatter

private val DAY: DateTimeFormatter = DateTimeFormatter.ofPattern("dd/MM/yyyy")
private val CLOCK: DateTimeFormatter = DateTimeFormatter.ofPattern("HH:mm")
private val vietnam: ZoneOffset by lazy { ZoneOffset.ofTotalSeconds(utcOffsetSeconds()) }

/** dd/mm/yyyy: typed, which is quicker for a date of birth, or taken from a calendar. */
class DateInput(private val asked: Asked) : Input {
    private var dirty = false
    private var showing = false
    private var given: LocalDate? = null

    private val field = EditText(asked.host, null, 0, R.style.Field).apply {
        tag = QuestionCard.FIELD
        inputType = InputType.TYPE_CLASS_DATETIME or InputType.TYPE_DATETIME_VARIATION_DATE
        setHint(R.string.date_hint)
        onText { if (!showing) typed(it) }
        setOnFocusChangeListener { _, has -> if (!has) flush() }
    }
    private var length = 0

    override val view = withButton(asked.host, field, R.drawable.ic_calendar, R.string.date_pick) {
        pickDay(asked.host, given ?: LocalDate.now(vietnam)) { take(it) }
    }

    override fun show(question: QuestionView) {
        given = (question.value as? AnswerValue.Date)?.let { LocalDate.parse(it.iso) }
        if (!dirty) write(given?.format(DAY).orEmpty())
    }

    /** Puts the slashes in while digits are added; a whole date goes over at once. */
    private fun typed(words: String) {
        dirty = true
        val grew = words.length > length
        length = words.length
        if (grew && words.length in listOf(2, 5) && words.last().isDigit() && words.count { it == '/' } == words.length / 3) {
            write("$words/")
        }
        if (words.length == 10) flush()
    }

    private fun write(words: String) {
        if (field.text.toString() == words) return
        showing = true
        field.setText(words)
        field.setSelection(field.text.length)
        length = words.length
        showing = false
    }

    private fun take(day: LocalDate) {
        write(day.format(DAY))
        dirty = true
        flush()
    }

    override fun flush(): Boolean {
        val words = field.text.toString().trim()
        val day = read(words)
        val wrong = words.isNotEmpty() && day == null
        asked.complain(if (wrong) asked.host.getString(R.string.date_wrong) else null)
        if (wrong) return false
        if (dirty) {
            dirty = false
            asked.answer(if (day == null) AnswerValue.Empty else AnswerValue.Date(day.toString()))
        }
        return true
    }

    private fun read(words: String): LocalDate? {
        val parts = words.split('/', '-', '.', ' ').filter { it.isNotEmpty() }.map { it.toIntOrNull() ?: return null }
        if (parts.size != 3 || parts[2] < 1000) return null
        return try {
            LocalDate.of(parts[2], parts[1], parts[0])
        } catch (_: DateTimeException) {
            null
        }
    }
}

class TimeInput(private val asked: Asked) : Input {
    private var given: LocalTime? = null
    override val view = pickField(asked.host, R.drawable.ic_clock) {
        pickTime(asked.host, given ?: LocalTime.now(vietnam)) { asked.answer(AnswerValue.Time(it.format(CLOCK))) }
    }

    override fun show(question: QuestionView) {
        given = (question.value as? AnswerValue.Time)?.let { LocalTime.parse(it.iso.take(5)) }
        view.text = given?.format(CLOCK) ?: asked.host.getString(R.string.time_pick)
    }
}

/** A day and a time of day, each by its own picker; Vietnam's, wherever the phone thinks it is. */
class DateTimeInput(private val asked: Asked) : Input {
    private var given: OffsetDateTime? = null
    private val now get() = given ?: OffsetDateTime.now(vietnam)
    private val day = pickField(asked.host, R.drawable.ic_calendar) {
        pickDay(asked.host, now.toLocalDate()) { give(it, now.toLocalTime()) }
    }
    private val time = pickField(asked.host, R.drawable.ic_clock) {
        pickTime(asked.host, now.toLocalTime()) { give(now.toLocalDate(), it) }
    }
    override val view = LinearLayout(asked.host).apply {
        addView(day, LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 3f).apply { marginEnd = context.dp(8) })
        addView(time, LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 2f))
    }

    override fun show(question: QuestionView) {
        given = (question.value as? AnswerValue.DateTime)?.let { OffsetDateTime.parse(it.iso).withOffsetSameInstant(vietnam) }
        day.text = given?.format(DAY) ?: asked.host.getString(R.string.date_hint)
        time.text = given?.format(CLOCK) ?: asked.host.getString(R.string.time_pick)
    }

    private fun give(day: LocalDate, time: LocalTime) {
        val at = day.atTime(time.withSecond(0).withNano(0)).atOffset(vietnam)
        asked.answer(AnswerValue.DateTime(at.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME)))
    }
}

private fun pickDay(host: MainActivity, from: LocalDate, then: (LocalDate) -> Unit) =
    DatePickerDialog(
        host, { _, year, month, day -> then(LocalDate.of(year, month + 1, day)) },
        from.year, from.monthValue - 1, from.dayOfMonth,
    ).show()

private fun pickTime(host: MainActivity, from: LocalTime, then: (LocalTime) -> Unit) =
    TimePickerDialog(host, { _, hour, minute -> then(LocalTime.of(hour, minute)) }, from.hour, from.minute, true).show()

/** A field that opens something instead of the keyboard. */
internal fun pickField(host: MainActivity, icon: Int, run: () -> Unit) = host.button("", R.style.Button_Base, icon, run).apply {
    gravity = Gravity.CENTER_VERTICAL or Gravity.START
    setBackgroundResource(R.drawable.field)
    setPadding(host.dp(12), 0, host.dp(8), 0)
    setTextColor(host.getColor(R.color.text))
    typeface = android.graphics.Typeface.DEFAULT
}

private fun withButton(host: MainActivity, field: View, icon: Int, label: Int, run: () -> Unit) = LinearLayout(host).apply {
    gravity = Gravity.CENTER_VERTICAL
    addView(field, LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 1f).apply { marginEnd = host.dp(8) })
    val button = ImageButton(host).apply {
        setImageResource(icon)
        setColorFilter(host.getColor(R.color.primary))
        setBackgroundResource(R.drawable.button_outline)
        contentDescription = host.getString(label)
        setOnClickListener { run() }
    }
    addView(button, LinearLayout.LayoutParams(host.dimen(R.dimen.touch), host.dimen(R.dimen.touch)))
}
