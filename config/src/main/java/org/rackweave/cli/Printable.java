package org.rackweave.cli;

/** Text as it may go to a terminal. Much of what is shown was written by other nodes, or by a file. */
final class Printable {
    private Printable() {}

    /** Without control characters and marks of direction: a peer's reason must not move the cursor or reverse a line. */
    static String line(String text) {
        StringBuilder printable = new StringBuilder(text.length());
        text.codePoints().forEach(point -> printable.appendCodePoint(isHarmless(point) ? point : '?'));
        return printable.toString();
    }

    private static boolean isHarmless(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE -> false;
            default -> true;
        };
    }
}
