// Imports a profile with speedscope's own importer, and prints what it has understood as JSON.
//     node speedscope_import.js DIR-OF-THE-NPM-PACKAGE FILE
// The package is one bundle for browsers, whose importers it does not export. So it is run with a stand-in for the page that
// answers to everything, and with a statement more, which hands out the importer that its own choice of importers names.
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const vm = require('node:vm')

const anything = new Proxy(function () {}, {
	get: (_, key) => key === Symbol.toPrimitive ? () => '' : key === Symbol.iterator ? function* () {} : key === 'then' ? undefined : anything,
	apply: () => anything,
	construct: () => anything,
	set: () => true,
})

function importer(directory) {
	const release = path.join(directory, 'dist', 'release')
	const bundle = fs.readdirSync(release).find(name => /^speedscope-.*\.js$/.test(name))
	let source = fs.readFileSync(path.join(release, bundle), 'utf8')
	const chosen = source.match(/Importing as speedscope json file"\),\s*([\w$]+)\(/)
	if (!chosen) throw new Error('this release of speedscope is put together in another way')
	source = source.replace('(()=>{', `(()=>{hand_out(x=>${chosen[1]}(x));`)
	let found
	const page = { hand_out: f => { found = f }, console: { log() {}, warn() {}, error: console.error }, setTimeout() {}, Promise, JSON, Map, Set, WeakMap,
		Math, Float32Array, Uint8Array, Uint16Array, Uint32Array, Int32Array, ArrayBuffer, DataView, TextDecoder, URL, Symbol, Error }
	for (const name of ['window', 'document', 'navigator', 'location', 'localStorage', 'history', 'requestAnimationFrame', 'HTMLElement', 'Image',
		'FileReader', 'fetch', 'matchMedia', 'addEventListener', 'performance', 'Element', 'Node', 'self', 'Worker', 'devicePixelRatio'])
		page[name] = anything
	try {
		vm.runInNewContext(source, page)
	} catch {
		// drawing the page comes last, and to no end here
	}
	return found
}

const [, , directory, file] = process.argv
const group = importer(directory)(JSON.parse(fs.readFileSync(file, 'utf8')))
fs.writeSync(1, JSON.stringify(group.profiles.map(profile => {
	const frames = {}
	let open = 0, calls = 0
	profile.forEachFrame(frame => { frames[frame.name] = { self: frame.getSelfWeight(), total: frame.getTotalWeight() } })
	profile.forEachCall(() => { open++; calls++ }, () => { open-- })
	return { name: profile.getName(), unit: profile.getWeightUnit(), total: profile.getTotalWeight(), calls, open, frames }
})))
process.exit(0)  // what is left of the page would go on
