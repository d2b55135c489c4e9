// Command tlog reads a registry's published log over HTTP and proves it with nothing of the registry's own: the Merkle
// tree, the tiles and the signed notes are those of the Go checksum database (golang.org/x/mod/sumdb).
//
//	tlog URL VKEY [NOTE...]
//
// URL is where the log is served, VKEY its verifier key, and each NOTE a file with a checkpoint that the log showed
// earlier. It reads the checkpoint, and every tile and every entry of the tree that it signs. It prints one line of
// counts, or one line for each fault that says where it is, and then exits with 1.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	height   = 8 // of a tile in levels of the tree (https://c2sp.org/tlog-tiles)
	width    = 1 << height
	inFlight = 8
	// More lines than this are of use to nobody.
	maxFaults = 20
	samples   = 64
)

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: tlog URL VKEY [NOTE...]")
		os.Exit(2)
	}
	log := &log{url: strings.TrimSuffix(os.Args[1], "/"), client: newClient(), tiles: map[tlog.Tile][]byte{}}
	line := log.audit(os.Args[2], os.Args[3:])
	for i, fault := range log.faults {
		if i == maxFaults {
			fmt.Printf("… and %d faults more\n", len(log.faults)-i)
			break
		}
		fmt.Println(fault)
	}
	if len(log.faults) > 0 {
		os.Exit(1)
	}
	fmt.Println(line)
}

// A log is what has been read of a log, and what is wrong with it.
type log struct {
	url    string
	client *http.Client
	tiles  map[tlog.Tile][]byte
	faults []string
}

func (l *log) fault(format string, args ...any) {
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

// checkpoint is a tree that the log's owner has signed.
type checkpoint struct {
	name string
	tlog.Tree
}

// audit reads and checks everything, and returns the line of counts.
func (l *log) audit(vkey string, files []string) string {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		l.fault("verifier key: %v", err)
		return ""
	}
	newest, earlier := l.checkpoints(verifier, files)
	if len(l.faults) > 0 {
		return ""
	}

	wanted := tilesOf(newest.N)
	bundles := bundlesOf(newest.N)
	for _, each := range earlier {
		// What an earlier checkpoint's reader may still ask for: the edge of that tree.
		for _, tile := range append(tilesOf(each.N), bundlesOf(each.N)...) {
			if tile.W < width {
				wanted = append(wanted, tile)
			}
		}
	}
	l.fetch(append(wanted, bundles...))
	if len(l.faults) > 0 {
		return ""
	}
	for tile, data := range l.tiles {
		if tile.L >= 0 && len(data) != tile.W*tlog.HashSize {
			l.fault("%s: %d bytes instead of %d", path(tile), len(data), tile.W*tlog.HashSize)
		}
	}
	if len(l.faults) > 0 {
		return ""
	}

	leaves := l.leaves(bundles)
	l.checkTiles(newest, leaves)
	if len(l.faults) == 0 {
		l.checkEarlierBundles(newest.N)
	}
	if len(l.faults) > 0 {
		return ""
	}
	// From here on nothing is read from the server that tlog has not authenticated against the signed root.
	authenticated := tlog.TileHashReader(newest.Tree, l)
	l.checkAuthenticated(newest, authenticated)
	proofs := l.checkRecords(newest, leaves, authenticated)
	l.checkConsistency(newest, earlier, authenticated)
	return fmt.Sprintf("size %d: %d tiles, %d bundles, %d entries, %d record proofs, %d earlier checkpoints",
		newest.N, len(tilesOf(newest.N)), len(bundles), len(leaves), proofs, len(earlier))
}

// checkpoints reads the newest checkpoint and the earlier ones, and verifies their signatures.
func (l *log) checkpoints(verifier note.Verifier, files []string) (newest checkpoint, earlier []checkpoint) {
	text, err := l.get("checkpoint")
	if err == nil {
		newest, err = open("checkpoint", text, verifier)
	}
	if err != nil {
		l.fault("checkpoint: %v", err)
		return newest, nil
	}
	for _, file := range files {
		var each checkpoint
		text, err := os.ReadFile(file)
		if err == nil {
			each, err = open("earlier checkpoint "+file, text, verifier)
		}
		if err == nil && each.N > newest.N {
			err = fmt.Errorf("it has %d entries, and the newest only %d", each.N, newest.N)
		}
		if err != nil {
			l.fault("earlier checkpoint %s: %v", file, err)
		}
		earlier = append(earlier, each)
	}
	return newest, earlier
}

// open returns the tree of a signed note: origin, size and root, each on a line (https://c2sp.org/tlog-checkpoint).
func open(name string, text []byte, verifier note.Verifier) (checkpoint, error) {
	signed, err := note.Open(text, note.VerifierList(verifier))
	if err != nil {
		return checkpoint{}, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return checkpoint{}, fmt.Errorf("%d lines instead of 3", len(lines)-1)
	}
	if lines[0] != verifier.Name() {
		return checkpoint{}, fmt.Errorf("it is of the log %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return checkpoint{}, fmt.Errorf("its size is %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return checkpoint{}, fmt.Errorf("its root is %q", lines[2])
	}
	return checkpoint{name, tlog.Tree{N: size, Hash: root}}, nil
}

// tilesOf lists every tile of a tree, as wide as it is there.
func tilesOf(size int64) []tlog.Tile {
	var tiles []tlog.Tile
	for level, hashes := 0, size; hashes > 0; level, hashes = level+1, hashes>>height {
		tiles = append(tiles, row(level, hashes)...)
	}
	return tiles
}

// bundlesOf lists the bundles of entries; to tlog they are the tiles of level -1.
func bundlesOf(size int64) []tlog.Tile { return row(-1, size) }

func row(level int, items int64) []tlog.Tile {
	var tiles []tlog.Tile
	for n := int64(0); n < items>>height; n++ {
		tiles = append(tiles, tlog.Tile{H: height, L: level, N: n, W: width})
	}
	if rest := int(items % width); rest > 0 {
		tiles = append(tiles, tlog.Tile{H: height, L: level, N: items >> height, W: rest})
	}
	return tiles
}

// path is tile/<L>/<N>[.p/<W>] or tile/entries/<N>[.p/<W>]: what C2SP made of tlog's own paths, which begin with the
// height.
func path(tile tlog.Tile) string {
	rest := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
	if tile.L < 0 {
		return "tile/entries/" + strings.TrimPrefix(rest, "data/")
	}
	return "tile/" + rest
}

// leaves recomputes the hash of every entry. For a bundle that cannot be taken apart those of its tile stand in.
func (l *log) leaves(bundles []tlog.Tile) []tlog.Hash {
	var leaves []tlog.Hash
	for _, bundle := range bundles {
		entries, err := split(l.tiles[bundle], bundle.W)
		if err != nil {
			l.fault("%s: %v (position %d)", path(bundle), err, bundle.N*width+int64(len(entries)))
			leaves = append(leaves, hashesIn(l.tiles[levelZero(bundle)])...)
			continue
		}
		for _, entry := range entries {
			leaves = append(leaves, tlog.RecordHash(entry))
		}
	}
	return leaves
}

// split takes a bundle apart: each entry after its length, 16 bits, big-endian. What it returns beside an error is the
// entries before the one at fault.
func split(data []byte, count int) ([][]byte, error) {
	var entries [][]byte
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return entries, fmt.Errorf("it breaks off within entry %d", len(entries))
		}
		end := 2 + int(binary.BigEndian.Uint16(data))
		entries = append(entries, data[2:end])
		data = data[end:]
	}
	if len(entries) != count {
		return nil, fmt.Errorf("%d entries instead of %d", len(entries), count)
	}
	return entries, nil
}

// levelZero is the tile with the hashes of a bundle's entries.
func levelZero(bundle tlog.Tile) tlog.Tile {
	bundle.L = 0
	return bundle
}

func hashesIn(data []byte) []tlog.Hash {
	hashes := make([]tlog.Hash, len(data)/tlog.HashSize)
	for i := range hashes {
		copy(hashes[i][:], data[i*tlog.HashSize:])
	}
	return hashes
}

// checkTiles builds the whole tree anew from the entries and compares it with the signed root and with every tile.
// Whichever of the two disagrees with the root is at fault.
func (l *log) checkTiles(newest checkpoint, leaves []tlog.Hash) {
	built := build(leaves)
	root, err := treeHash(newest.N, built)
	must(err)
	if root == newest.Hash {
		l.compareTiles(built)
		return
	}
	served := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) { return l.unproven(newest.N, indexes) })
	root, err = treeHash(newest.N, served)
	must(err)
	if root != newest.Hash {
		l.fault("checkpoint: neither the entries nor the tiles give its root %v of %d entries", newest.Hash, newest.N)
		return
	}
	l.compareEntries(newest.N, leaves)
	l.checkAuthenticated(newest, tlog.TileHashReader(newest.Tree, l))
}

// emptyRoot is the root of no entries, the hash of the empty string (RFC 6962 section 2.1).
var emptyRoot = tlog.Hash(sha256.Sum256(nil))

// treeHash is tlog.TreeHash, but for a tree of no entries, for which that gives zeros.
func treeHash(n int64, reader tlog.HashReader) (tlog.Hash, error) {
	if n == 0 {
		return emptyRoot, nil
	}
	return tlog.TreeHash(n, reader)
}

// build stores the hashes of a tree as tlog numbers them.
func build(leaves []tlog.Hash) tlog.HashReader {
	stored := make([]tlog.Hash, 0, 2*len(leaves))
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for n, leaf := range leaves {
		added, err := tlog.StoredHashesForRecordHash(int64(n), leaf, reader)
		must(err)
		stored = append(stored, added...)
	}
	return reader
}

// unproven reads hashes from the served tiles as they are.
func (l *log) unproven(size int64, indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		tile := tlog.TileForIndex(height, index)
		tile.W = width
		if items := size>>(height*tile.L) - tile.N*width; items < width {
			tile.W = int(items)
		}
		hash, err := tlog.HashFromTile(tile, l.tiles[tile], index)
		if err != nil {
			return nil, err
		}
		hashes[i] = hash
	}
	return hashes, nil
}

func (l *log) compareTiles(built tlog.HashReader) {
	for _, tile := range l.fetched() {
		if tile.L < 0 {
			continue
		}
		expected, err := tlog.ReadTileData(tile, built)
		must(err)
		for i := 0; i < tile.W; i++ {
			at := i * tlog.HashSize
			if !bytes.Equal(expected[at:at+tlog.HashSize], l.tiles[tile][at:at+tlog.HashSize]) {
				l.fault("%s: its hash %d is not that of the entries", path(tile), i)
				break
			}
		}
	}
}

func (l *log) compareEntries(size int64, leaves []tlog.Hash) {
	for _, bundle := range bundlesOf(size) {
		for i, hash := range hashesIn(l.tiles[levelZero(bundle)]) {
			if position := bundle.N*width + int64(i); hash != leaves[position] {
				l.fault("%s: entry %d (position %d) is not the one that the tree has", path(bundle), i, position)
				break
			}
		}
	}
}

// checkEarlierBundles compares the partial bundles of earlier trees with the same entries now.
func (l *log) checkEarlierBundles(size int64) {
	for _, bundle := range l.fetched() {
		if bundle.L >= 0 || bundle.W == width {
			continue
		}
		for _, now := range bundlesOf(size) {
			if now.N == bundle.N && !bytes.HasPrefix(l.tiles[now], l.tiles[bundle]) {
				l.fault("%s: its entries are not those of %s", path(bundle), path(now))
			}
		}
		if _, err := split(l.tiles[bundle], bundle.W); err != nil {
			l.fault("%s: %v", path(bundle), err)
		}
	}
}

// checkAuthenticated lets tlog read every tile against the signed root, from the top down.
func (l *log) checkAuthenticated(newest checkpoint, authenticated tlog.HashReader) {
	for _, tile := range tilesOf(newest.N) {
		data, err := tlog.ReadTileData(tile, authenticated)
		if err == nil && !bytes.Equal(data, l.tiles[tile]) {
			err = errors.New("not the bytes that were read before")
		}
		if err != nil {
			l.fault("%s: %v", path(tile), err)
		}
	}
}

// checkRecords proves the first record, the last one and some between, and returns how many.
func (l *log) checkRecords(newest checkpoint, leaves []tlog.Hash, authenticated tlog.HashReader) int {
	if newest.N == 0 {
		return 0
	}
	step := newest.N/samples + 1
	count := 0
	prove := func(position int64) {
		proof, err := tlog.ProveRecord(newest.N, position, authenticated)
		if err == nil {
			err = tlog.CheckRecord(proof, newest.N, newest.Hash, position, leaves[position])
		}
		if err != nil {
			l.fault("position %d: %v", position, err)
		}
		count++
	}
	for position := int64(0); position < newest.N-1; position += step {
		prove(position)
	}
	prove(newest.N - 1)
	return count
}

func (l *log) checkConsistency(newest checkpoint, earlier []checkpoint, authenticated tlog.HashReader) {
	for _, each := range earlier {
		// Every tree begins with no entries, and tlog has no proof of that.
		if each.N == 0 {
			if each.Hash != emptyRoot {
				l.fault("%s: its root is not that of no entries", each.name)
			}
			continue
		}
		proof, err := tlog.ProveTree(newest.N, each.N, authenticated)
		if err == nil {
			err = tlog.CheckTree(proof, newest.N, newest.Hash, each.N, each.Hash)
		}
		if err != nil {
			l.fault("%s: its %d entries are not the first of the newest: %v", each.name, each.N, err)
		}
	}
}

// Height, ReadTiles and SaveTiles make a log a tlog.TileReader of what has been fetched.
func (l *log) Height() int { return height }

func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		found, ok := l.tiles[tile]
		if !ok {
			return nil, fmt.Errorf("%s is no tile of the tree", path(tile))
		}
		data[i] = found
	}
	return data, nil
}

func (l *log) SaveTiles([]tlog.Tile, [][]byte) {}

// fetched lists what has been read, the bundles first, lower levels before higher ones.
func (l *log) fetched() []tlog.Tile {
	tiles := make([]tlog.Tile, 0, len(l.tiles))
	for tile := range l.tiles {
		tiles = append(tiles, tile)
	}
	sort.Slice(tiles, func(i, j int) bool {
		one, other := tiles[i], tiles[j]
		if one.L != other.L {
			return one.L < other.L
		}
		if one.N != other.N {
			return one.N < other.N
		}
		return one.W < other.W
	})
	return tiles
}

// fetch reads tiles and bundles, some at a time.
func (l *log) fetch(tiles []tlog.Tile) {
	var group sync.WaitGroup
	var mutex sync.Mutex
	queue := make(chan tlog.Tile)
	for i := 0; i < inFlight; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for tile := range queue {
				data, err := l.get(path(tile))
				mutex.Lock()
				if err != nil {
					l.fault("%s: %v", path(tile), err)
				}
				l.tiles[tile] = data
				mutex.Unlock()
			}
		}()
	}
	for _, tile := range tiles {
		queue <- tile
	}
	close(queue)
	group.Wait()
}

func newClient() *http.Client {
	return &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: inFlight}}
}

func (l *log) get(path string) ([]byte, error) {
	response, err := l.client.Get(l.url + "/" + path)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %s: %.200s", response.Status, body)
	}
	return body, nil
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
