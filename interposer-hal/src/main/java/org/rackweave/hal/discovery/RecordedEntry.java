package org.rackweave.hal.discovery;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.rackweave.hal.inventory.DiscoveryProblem;

/** What a recording knows of one path. */
sealed interface RecordedEntry {
    <R> R fold(
            Function<Folder, R> folder,
            Function<Link, R> link,
            Function<Content, R> content,
            Function<Refusal, R> refusal);

    /** A folder was there. */
    record Folder() implements RecordedEntry {
        @Override
        public <R> R fold(
                Function<Folder, R> folder,
                Function<Link, R> link,
                Function<Content, R> content,
                Function<Refusal, R> refusal) {
            return folder.apply(this);
        }
    }

    /** A symbolic link was there, and this is what it said. */
    record Link(String target) implements RecordedEntry {
        @Override
        public <R> R fold(
                Function<Folder, R> folder,
                Function<Link, R> link,
                Function<Content, R> content,
                Function<Refusal, R> refusal) {
            return link.apply(this);
        }
    }

    /** A file was there, and this was in it. */
    final class Content implements RecordedEntry {
        private final byte[] bytes;

        Content(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        byte[] bytes() {
            return bytes.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Content that && Arrays.equals(bytes, that.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }

        @Override
        public String toString() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        @Override
        public <R> R fold(
                Function<Folder, R> folder,
                Function<Link, R> link,
                Function<Content, R> content,
                Function<Refusal, R> refusal) {
            return content.apply(this);
        }
    }

    /** Something was there, but would not be read. */
    record Refusal(DiscoveryProblem.Kind kind, String reason) implements RecordedEntry {
        @Override
        public <R> R fold(
                Function<Folder, R> folder,
                Function<Link, R> link,
                Function<Content, R> content,
                Function<Refusal, R> refusal) {
            return refusal.apply(this);
        }
    }
}
