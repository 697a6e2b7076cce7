// Checks an exported Holdfast log with the packages of Go's checksum database, which share no code with ours:
// golang.org/x/mod/sumdb/note opens the checkpoint, golang.org/x/mod/sumdb/tlog computes the tree, every tile and its path,
// and checks the proofs. Started by interop.test.ts: main DIR, or main URL [VIEWER] for a service of the tests, with the proofs as JSON on
// standard input.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proofs struct {
	Inclusion []struct {
		Index, Size int64
		Root        tlog.Hash
		Proof       []tlog.Hash
	}
	Consistency []struct {
		OldSize, NewSize int64
		OldRoot, NewRoot tlog.Hash
		Proof            []tlog.Hash
	}
}

func main() {
	dir := os.Args[1]
	size, root := openCheckpoint(dir)
	leaves, hashes := readEntries(dir, size)
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = hashes[index]
		}
		return found, nil
	})
	computed, err := tlog.TreeHash(size, reader)
	must(err)
	if computed != root {
		fail("the tree has the root %v, the checkpoint %v", computed, root)
	}
	tiles := compareTiles(dir, size, reader)

	var given proofs
	must(json.NewDecoder(os.Stdin).Decode(&given))
	for _, p := range given.Inclusion {
		must(tlog.CheckRecord(p.Proof, p.Size, p.Root, p.Index, leaves[p.Index]))
		own, err := tlog.ProveRecord(p.Size, p.Index, reader)
		must(err)
		same(own, p.Proof)
	}
	for _, p := range given.Consistency {
		must(tlog.CheckTree(p.Proof, p.NewSize, p.NewRoot, p.OldSize, p.OldRoot))
		own, err := tlog.ProveTree(p.NewSize, p.OldSize, reader)
		must(err)
		same(own, p.Proof)
	}
	fmt.Printf("%d entries, %d tiles, %d inclusion proofs, %d consistency proofs\n", size, tiles, len(given.Inclusion), len(given.Consistency))
}

// load reads a file of an export, or what a service answers in its place.
func load(dir, path string) []byte {
	if !strings.HasPrefix(dir, "http://") {
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		must(err)
		return data
	}
	address := dir + "/api/v1/" + path
	if path == "log.vkey" {
		address = dir + "/.well-known/holdfast/log.vkey"
	}
	request, err := http.NewRequest("GET", address, nil)
	must(err)
	if len(os.Args) > 2 {
		request.Header.Set("X-Viewer", os.Args[2])
	}
	answer, err := http.DefaultClient.Do(request)
	must(err)
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		fail("%s: %s", address, answer.Status)
	}
	data, err := io.ReadAll(answer.Body)
	must(err)
	return data
}

func openCheckpoint(dir string) (int64, tlog.Hash) {
	key := load(dir, "log.vkey")
	verifier, err := note.NewVerifier(strings.TrimSpace(string(key)))
	must(err)
	signed := load(dir, "log/checkpoint")
	opened, err := note.Open(signed, note.VerifierList(verifier))
	must(err)
	// tlog.ParseTree knows the origin of Go's own log only.
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	return size, tlog.Hash(root)
}

// readEntries gives the hash of every entry, and all hashes of the tree in the order of tlog.StoredHashIndex.
func readEntries(dir string, size int64) (leaves, hashes []tlog.Hash) {
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		found := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			found[i] = hashes[index]
		}
		return found, nil
	})
	for n := int64(0); n*256 < size; n++ {
		width := min(size-n*256, 256)
		// The path of a bundle is that of a tile of level 0 with another word in place of the level.
		path := strings.Replace(tlog.Tile{H: 8, L: 0, N: n, W: int(width)}.Path(), "tile/8/0/", "tile/entries/", 1)
		bundle := load(dir, "log/"+path)
		for ; len(bundle) > 0; width-- {
			length := binary.BigEndian.Uint16(bundle)
			entry := bundle[2 : 2+int(length)]
			bundle = bundle[2+int(length):]
			stored, err := tlog.StoredHashes(int64(len(leaves)), entry, reader)
			must(err)
			hashes = append(hashes, stored...)
			leaves = append(leaves, tlog.RecordHash(entry))
		}
		if width != 0 {
			fail("%s: %d entries are missing or too many", path, width)
		}
	}
	return leaves, hashes
}

func compareTiles(dir string, size int64, reader tlog.HashReader) int {
	tiles := tlog.NewTiles(8, 0, size)
	for _, tile := range tiles {
		want, err := tlog.ReadTileData(tile, reader)
		must(err)
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		got := load(dir, "log/"+path)
		if string(got) != string(want) {
			fail("%s differs", path)
		}
	}
	return len(tiles)
}

func same(own, given []tlog.Hash) {
	if fmt.Sprint(own) != fmt.Sprint(given) {
		fail("Go's proof is %v, ours %v", own, given)
	}
}

func must(err error) {
	if err != nil {
		fail("%v", err)
	}
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}
