package org.rackweave.hal.discovery;

import java.util.List;
import java.util.function.Predicate;

/**
 * A tree of files as a machine shows it. No question follows a symbolic link: whoever asks does (see {@link
 * TreeReader}), so that a recording holds the links themselves and a link can never lead out of the tree.
 */
public interface HostTree {
    /** What is at a path. */
    Answer<EntryKind> kind(TreePath path);

    /** Where a symbolic link points, as it is written in the link. */
    Answer<String> target(TreePath link);

    /** The names in a folder that are wanted, in the order of their text. */
    Answer<List<String>> names(TreePath folder, Predicate<String> wanted);

    /** The whole content of a file. */
    Answer<byte[]> content(TreePath file);

    /** What a path can be. */
    enum EntryKind {
        FOLDER,
        LINK,
        FILE
    }
}
