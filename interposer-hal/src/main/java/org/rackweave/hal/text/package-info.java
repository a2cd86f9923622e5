/**
 * What the kernel's and the firmware's texts mean: pure functions from text to values.
 *
 * <p><b>Invariant:</b> no parser here reads a file, throws on any text, or returns a value that the text does not hold;
 * what it does not understand is empty.
 */
@NullMarked
package org.rackweave.hal.text;

import org.jspecify.annotations.NullMarked;
