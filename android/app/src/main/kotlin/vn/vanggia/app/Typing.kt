package vn.vanggia.app

import android.text.Editable
import android.text.TextWatcher
import android.widget.TextView

/** Calls [then] with each new text. */
fun TextView.onText(then: (String) -> Unit) = addTextChangedListener(object : TextWatcher {
    override fun afterTextChanged(text: Editable) = then(text.toString())
    override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit
    override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit
})
