package org.rackweave.cli;

import org.rackweave.config.Parsed;
import org.rackweave.config.TimeSpan;
import picocli.CommandLine.TypeConversionException;

/**
 * A length of time on the command line.
 *
 * @param value in milliseconds
 */
record Millis(long value) {
    /** Reads {@code 15m}; what it cannot read is a wrong use of the command. */
    static Millis parse(String text) {
        Parsed<Long> parsed = TimeSpan.parse(text);
        if (parsed instanceof Parsed.Wrong<Long> wrong) {
            throw new TypeConversionException(wrong.found() + "; " + wrong.advice());
        }
        return new Millis(((Parsed.Value<Long>) parsed).value());
    }
}
