package org.rackweave.hal.discovery;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.rackweave.hal.inventory.DiscoveryProblem;

/** Remembers every path of another tree that was asked for, with what it answered. */
final class RecordingTree implements HostTree {
    private final HostTree source;
    private final Map<TreePath, RecordedEntry> entries = new TreeMap<>();

    RecordingTree(HostTree source) {
        this.source = source;
    }

    Map<TreePath, RecordedEntry> entries() {
        return new TreeMap<>(entries);
    }

    @Override
    public Answer<EntryKind> kind(TreePath path) {
        Answer<EntryKind> answer = source.kind(path);
        answer.value().ifPresent(kind -> {
            if (kind == EntryKind.LINK) {
                target(path);
            } else {
                // What was read of it, if anything was, says more than that it is there.
                entries.putIfAbsent(
                        path,
                        kind == EntryKind.FOLDER ? new RecordedEntry.Folder() : new RecordedEntry.Content(new byte[0]));
            }
        });
        return kept(path, answer);
    }

    @Override
    public Answer<String> target(TreePath link) {
        Answer<String> answer = source.target(link);
        answer.value().ifPresent(target -> entries.put(link, new RecordedEntry.Link(target)));
        return kept(link, answer);
    }

    @Override
    public Answer<List<String>> names(TreePath folder, Predicate<String> wanted) {
        Answer<List<String>> answer = source.names(folder, wanted);
        answer.value().ifPresent(names -> {
            entries.put(folder, new RecordedEntry.Folder());
            names.forEach(name -> kind(folder.child(name)));
        });
        return kept(folder, answer);
    }

    @Override
    public Answer<byte[]> content(TreePath file) {
        Answer<byte[]> answer = source.content(file);
        answer.value().ifPresent(bytes -> entries.put(file, new RecordedEntry.Content(bytes)));
        return kept(file, answer);
    }

    /** A refusal is recorded too: the same refusal must come from the recording. */
    private <T> Answer<T> kept(TreePath path, Answer<T> answer) {
        return answer.fold(given -> answer, () -> answer, refused -> {
            DiscoveryProblem.Kind kind = refused.kind();
            entries.put(path, new RecordedEntry.Refusal(kind, refused.reason()));
            return answer;
        });
    }
}
