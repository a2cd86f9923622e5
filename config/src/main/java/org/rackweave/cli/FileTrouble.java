package org.rackweave.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Says what is wrong with a file, and what to do. */
final class FileTrouble {
    private FileTrouble() {}

    static CommandFailed reading(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return failed(file, "there is no such file", "name one that is there");
        }
        if (e instanceof CharacterCodingException) {
            return failed(file, "this is not text in UTF-8", "name the right file");
        }
        return e instanceof AccessDeniedException
                ? failed(file, "it may not be read", "let this user read it, or run as one who may")
                : failed(file, "it cannot be read: " + reason(e), "name a file that can");
    }

    static CommandFailed writing(Path file, IOException e) {
        if (e instanceof FileAlreadyExistsException) {
            return failed(file, "it is there already, and is not overwritten", "name another, or remove it first");
        }
        if (e instanceof NoSuchFileException) {
            return failed(file, "its directory is not there", "make the directory first");
        }
        return e instanceof AccessDeniedException
                ? failed(file, "it may not be written", "name another place, or run as one who may")
                : failed(file, "it cannot be written: " + reason(e), "name another place");
    }

    private static CommandFailed failed(Path file, String problem, String advice) {
        return new CommandFailed(ExitCode.FAILED, file + ": " + problem, advice);
    }

    private static String reason(IOException e) {
        Optional<String> reason = e instanceof FileSystemException inFileSystem
                ? Optional.ofNullable(inFileSystem.getReason())
                : Optional.ofNullable(e.getMessage());
        return reason.orElse(e.getClass().getSimpleName());
    }
}
