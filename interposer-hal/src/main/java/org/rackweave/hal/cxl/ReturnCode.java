package org.rackweave.hal.cxl;

import java.util.List;
import java.util.Locale;

/**
 * What a component says of a command: CXL 3.x, table of command return codes.
 *
 * @param number 0 to 65535
 */
public record ReturnCode(int number) {
    /** Done. */
    public static final ReturnCode SUCCESS = new ReturnCode(0x00);

    /** Begun, and going on in the background. */
    public static final ReturnCode BACKGROUND_STARTED = new ReturnCode(0x01);

    /** An argument that the component cannot take, now or ever. */
    public static final ReturnCode INVALID_INPUT = new ReturnCode(0x02);

    /** No such command. */
    public static final ReturnCode UNSUPPORTED = new ReturnCode(0x03);

    /** The component failed. */
    public static final ReturnCode INTERNAL_ERROR = new ReturnCode(0x04);

    /** It cannot say now; the same command may be taken a little later. */
    public static final ReturnCode RETRY_REQUIRED = new ReturnCode(0x05);

    /** Another operation is under way. */
    public static final ReturnCode BUSY = new ReturnCode(0x06);

    /** A handle of an event record that is not there, or not the next. */
    public static final ReturnCode INVALID_HANDLE = new ReturnCode(0x0E);

    /** An address that the device does not have, or whose host was not heard yet. */
    public static final ReturnCode INVALID_PHYSICAL_ADDRESS = new ReturnCode(0x0F);

    /** Extents that are not free, or are not what was given. */
    public static final ReturnCode INVALID_EXTENT_LIST = new ReturnCode(0x1E);

    /** A capacity is used up. */
    public static final ReturnCode RESOURCES_EXHAUSTED = new ReturnCode(0x1D);

    /** The payload's length does not fit the command. */
    public static final ReturnCode INVALID_PAYLOAD_LENGTH = new ReturnCode(0x16);

    private static final List<String> TEXTS = List.of(
            "success",
            "background command started",
            "invalid input",
            "unsupported",
            "internal error",
            "retry required",
            "busy",
            "media disabled",
            "firmware transfer in progress",
            "firmware transfer out of order",
            "firmware verification failed",
            "invalid slot",
            "activation failed, firmware rolled back",
            "activation failed, cold reset required",
            "invalid handle",
            "invalid physical address",
            "inject poison limit reached",
            "permanent media failure",
            "aborted",
            "invalid security state",
            "incorrect passphrase",
            "unsupported mailbox",
            "invalid payload length",
            "invalid log",
            "interrupted",
            "unsupported feature version",
            "unsupported feature selection value",
            "feature transfer in progress",
            "feature transfer out of order",
            "resources exhausted",
            "invalid extent list",
            "transfer out of order",
            "background operation cannot be aborted");

    public ReturnCode {
        if (number < 0 || number > 0xFFFF) {
            throw new IllegalArgumentException("return code " + number + " is not from 0 to 65535");
        }
    }

    /** Whether the same command may be taken later: nothing is wrong with it. */
    public boolean isForNow() {
        return equals(BUSY) || equals(RETRY_REQUIRED);
    }

    /** The name in the specification, or that it has none. */
    public String text() {
        return number < TEXTS.size() ? TEXTS.get(number) : "a return code without a name";
    }

    /** Such as {@code 0x0006 busy}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "0x%04x %s", number, text());
    }
}
