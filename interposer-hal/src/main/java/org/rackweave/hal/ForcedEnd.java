package org.rackweave.hal;

/** What the borrower's server suffers when a slice is taken away without its help (surprise removal). */
public enum ForcedEnd {
    /** Reads fail, an application may see an error, the kernel lives. */
    TOLERATED,
    /** The kernel that uses it is likely to die. */
    FATAL;

    /** Reads the setting {@code forcedEnd}; what it cannot be is an {@link IllegalArgumentException} that says so. */
    public static ForcedEnd parse(String text) {
        return switch (text.strip()) {
            case "tolerated" -> TOLERATED;
            case "fatal" -> FATAL;
            default -> throw new IllegalArgumentException("forcedEnd is tolerated or fatal, not " + text);
        };
    }
}
