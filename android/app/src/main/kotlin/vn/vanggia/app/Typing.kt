package vn.vanggia.app

import android.text.Editable
import android.text.TextWatcher
import android.widget.TextView
import java.text.Normalizer

/** Calls [then] with each new text. */
fun TextView.onText(then: (String) -> Unit) = addTextChangedListener(object : TextWatcher {
    override fun afterTextChanged(text: Editable) = then(text.toString())
    override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit
    override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit
})

private val MARKS = Regex("\\p{Mn}+")

/** As people type in a hurry: without tone marks, đ as d. For filtering a list of choices that is on the screen. */
fun plain(text: String): String =
    Normalizer.normalize(text.lowercase(), Normalizer.Form.NFD).replace(MARKS, "").replace('đ', 'd')
