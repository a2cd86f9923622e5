package org.rackweave.hal.inventory;

/**
 * Something that discovery could not read or could not believe. The value that it concerns is absent from the
 * inventory.
 *
 * @param kind what went wrong
 * @param path where: a path of the tree, or the name of a native call
 * @param meaning what follows from it, as a sentence for the field engineer
 */
public record DiscoveryProblem(Kind kind, String path, String meaning) {
    public DiscoveryProblem {
        Require.notBlank(path, "path");
        Require.notBlank(meaning, "meaning");
    }

    /** What went wrong. */
    public enum Kind {
        /** A file that should be there is not. */
        MISSING,
        /** A whole part of the kernel's tree is not there: no such hardware, or no driver for it. */
        NOT_PRESENT,
        /** The file is there but could not be read: rights, or the driver refused. */
        UNREADABLE,
        /** The text is not what the kernel documents. */
        MALFORMED,
        /** The text is well formed but says nothing, such as a firmware's unfilled template. */
        PLACEHOLDER,
        /** Two readings contradict each other. */
        INCONSISTENT,
        /** The file is longer than discovery reads. */
        TOO_LARGE,
        /** A folder has more entries, or the machine more problems, than discovery keeps. */
        TOO_MANY,
        /** A native call failed; what only it could say is absent. */
        NATIVE_FAILED
    }
}
